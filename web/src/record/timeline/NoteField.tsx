// Where notes are written: Ctrl-Enter sends, @ finds colleagues.
import Box from "@mui/material/Box";
import Button from "@mui/material/Button";
import MenuItem from "@mui/material/MenuItem";
import MenuList from "@mui/material/MenuList";
import Paper from "@mui/material/Paper";
import Popper from "@mui/material/Popper";
import Stack from "@mui/material/Stack";
import TextField from "@mui/material/TextField";
import Typography from "@mui/material/Typography";
import { useQuery } from "@tanstack/react-query";
import { type KeyboardEvent, useEffect, useId, useState } from "react";
import { type Colleague, findColleagues } from "../../api/people.ts";
import { describeError } from "../../i18n/errors.ts";
import { useText } from "../../i18n/use.ts";
import { PersonAvatar } from "../../ui/PersonAvatar.tsx";
import { useDebounced } from "../../ui/useDebounced.ts";
import { asked, decode, encode, type Mention } from "./mentions.ts";

interface Props {
  initial: string;
  onType?: (body: string) => void;
  /** Rejects when it was not sent: what is typed stays. */
  onSend: (body: string) => Promise<void>;
  onCancel?: () => void;
  send: string;
  focused?: boolean;
}

export function NoteField({ initial, onType, onSend, onCancel, send, focused = false }: Props) {
  const t = useText();
  const listId = useId();
  const [field, setField] = useState<HTMLTextAreaElement | null>(null);
  useEffect(() => {
    if (focused) field?.focus();
  }, [field, focused]);
  const [{ text, mentions }, setWritten] = useState(() => decode(initial));
  const [caret, setCaret] = useState(0);
  const [closed, setClosed] = useState<number | undefined>();
  const [at, setAt] = useState(0);
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState("");
  const request = asked(text, caret);
  const query = useDebounced(request?.query ?? "", 150);
  const open = request !== undefined && request.start !== closed && !isWhole(request.query, mentions);
  const { data: found = [] } = useQuery({
    queryKey: ["colleagues", "find", query],
    queryFn: ({ signal }) => findColleagues(query, signal),
    enabled: open,
  });
  const listed = open ? found.slice(0, 6) : [];
  const write = (words: string, known: Mention[] = mentions) => {
    setWritten({ text: words, mentions: known });
    onType?.(encode(words, known));
  };
  const pick = (colleague: Colleague) => {
    if (!request) return;
    const name = colleague.displayName.replace(/[[\]\n]/g, "");
    const before = `${text.slice(0, request.start)}@${name} `;
    write(before + text.slice(caret), [
      ...mentions.filter((one) => one.name !== name),
      { name, userId: colleague.id },
    ]);
    setCaret(before.length);
    setAt(0);
    requestAnimationFrame(() => {
      field?.focus();
      field?.setSelectionRange(before.length, before.length);
    });
  };
  const submit = async () => {
    if (!text.trim() || busy) return;
    setBusy(true);
    setFailure("");
    try {
      await onSend(encode(text.trim(), mentions));
    } catch (error) {
      setFailure(describeError(error));
    }
    setBusy(false);
  };
  const press = (event: KeyboardEvent) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) void submit();
    else if (listed.length && event.key === "ArrowDown") setAt((at + 1) % listed.length);
    else if (listed.length && event.key === "ArrowUp") setAt((at + listed.length - 1) % listed.length);
    else if (listed.length && (event.key === "Enter" || event.key === "Tab"))
      pick(listed[at] ?? (listed[0] as Colleague));
    else if (listed.length && event.key === "Escape") setClosed(request?.start);
    else if (event.key === "Escape" && onCancel) onCancel();
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  const expanded = listed.length > 0;
  return (
    <Stack sx={{ gap: 2 }}>
      <TextField
        multiline
        fullWidth
        minRows={2}
        maxRows={12}
        value={text}
        placeholder={t("record.note.placeholder")}
        inputRef={setField}
        error={Boolean(failure)}
        helperText={failure}
        onChange={(event) => {
          setCaret(event.target.selectionStart ?? event.target.value.length);
          setAt(0);
          write(event.target.value);
        }}
        onSelect={(event) => setCaret((event.target as HTMLTextAreaElement).selectionStart ?? 0)}
        onKeyDown={press}
        slotProps={{
          htmlInput: {
            dir: "auto",
            maxLength: 20_000,
            "aria-label": t("record.note.label"),
            "aria-haspopup": "listbox",
            "aria-controls": expanded ? listId : undefined,
            "aria-activedescendant": expanded ? `${listId}-${at}` : undefined,
          },
        }}
      />
      <Popper open={expanded} anchorEl={field} placement="bottom-start" sx={{ zIndex: "modal" }}>
        <Paper sx={{ boxShadow: 8, minWidth: 240 }}>
          <MenuList id={listId} role="listbox" aria-label={t("record.note.mention")}>
            {listed.map((one, index) => (
              <MenuItem
                key={one.id}
                id={`${listId}-${index}`}
                role="option"
                tabIndex={-1}
                aria-selected={index === at}
                selected={index === at}
                onMouseDown={(event) => event.preventDefault()}
                onClick={() => pick(one)}
              >
                <PersonAvatar name={one.displayName} size={24} />
                <bdi>{one.displayName}</bdi>
              </MenuItem>
            ))}
          </MenuList>
        </Paper>
      </Popper>
      {(text || onCancel) && (
        <Stack direction="row" sx={{ gap: 2, alignItems: "center" }}>
          <Button
            variant="contained"
            size="small"
            loading={busy}
            disabled={!text.trim()}
            onClick={() => void submit()}
          >
            {send}
          </Button>
          {onCancel && (
            <Button size="small" onClick={onCancel}>
              {t("common.cancel")}
            </Button>
          )}
          <Box sx={{ flex: 1 }} />
          <Typography variant="caption" color="textSecondary" sx={{ display: { xs: "none", sm: "block" } }}>
            {t("record.note.keys")}
          </Typography>
        </Stack>
      )}
    </Stack>
  );
}

/** A mention that was picked already is no question any more. */
function isWhole(query: string, mentions: readonly Mention[]): boolean {
  return mentions.some((one) => query === one.name || query.startsWith(`${one.name} `));
}
