import { PanelRightOpen } from "lucide-react";
import { memo, useState } from "react";
import { useText } from "../i18n/use.ts";
import type { Shown } from "./columns.ts";
import type { Selected } from "./selection.ts";
import { Tick } from "./Tick.tsx";
import type { TableConfig, TableRecord } from "./types.ts";

interface Props<R extends TableRecord> {
  config: TableConfig<R>;
  shown: readonly Shown<R>[];
  record: R;
  at: number;
  /** Of the whole page, in its order. */
  ids: readonly string[];
  on: boolean;
  /** The row that Tab reaches. */
  reached: boolean;
  toggle: Selected["toggle"];
  activate: (row: number) => void;
  beside: (id: string) => void;
}

function Row<R extends TableRecord>(props: Props<R>) {
  const { config, shown, record, at, ids, on, reached, toggle, activate, beside } = props;
  const t = useText();
  const name = config.nameOf(record);
  // What is shown on hover and focus is made when one comes near for the first time.
  const [near, setNear] = useState(false);
  return (
    <tr
      data-row={at}
      tabIndex={reached ? 0 : -1}
      aria-selected={on}
      onFocus={() => {
        activate(at);
        setNear(true);
      }}
      onPointerEnter={() => setNear(true)}
    >
      <td className="tick">
        <Tick
          label={t("table.select.one", { name })}
          checked={on}
          onChange={(_, range) => toggle(record.id, range ? ids : undefined)}
        />
      </td>
      {shown.map(({ column }, index) =>
        index === 0 ? (
          <th key={column.id} scope="row" className="first">
            <div className="line">
              {column.render(record)}
              {near && (
                <button
                  type="button"
                  className="act"
                  title={t("table.beside")}
                  aria-label={t("table.besideOf", { name })}
                  onClick={() => beside(record.id)}
                >
                  <PanelRightOpen className="mirror" size={16} aria-hidden />
                </button>
              )}
            </div>
          </th>
        ) : (
          <td key={column.id}>{column.render(record)}</td>
        ),
      )}
    </tr>
  );
}

/** Rendered anew only when what it shows has changed. */
export const GridRow = memo(Row) as typeof Row;
