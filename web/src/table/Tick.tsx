interface Props {
  label: string;
  checked: boolean;
  /** Some of what it stands for is ticked. */
  some?: boolean;
  /** `range`: the shift key was held. */
  onChange: (on: boolean, range: boolean) => void;
}

/** A box to tick; all of the place around it takes the click. */
export function Tick({ label, checked, some = false, onChange }: Props) {
  return (
    <label className="box">
      <input
        type="checkbox"
        className="check"
        aria-label={label}
        checked={checked}
        ref={(input) => {
          if (input) input.indeterminate = some;
        }}
        onChange={({ target, nativeEvent }) =>
          onChange(target.checked, nativeEvent instanceof MouseEvent && nativeEvent.shiftKey)
        }
      />
    </label>
  );
}
