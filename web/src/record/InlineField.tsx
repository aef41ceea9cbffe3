// A fact: read, pressed, changed, without leaving the place.
import Box from "@mui/material/Box";
import Button from "@mui/material/Button";
import IconButton from "@mui/material/IconButton";
import Stack from "@mui/material/Stack";
import Typography from "@mui/material/Typography";
import { useTheme } from "@mui/material/styles";
import { Pencil, Plus } from "lucide-react";
import { type FocusEvent, type KeyboardEvent, type MouseEvent, useEffect, useRef } from "react";
import type { Row } from "../api/changes.ts";
import { useText } from "../i18n/use.ts";
import { isEmpty } from "./empty.ts";
import { valueOf } from "./merge.ts";
import type { Field } from "./types.ts";
import { useInlineEdit } from "./useInlineEdit.ts";
import { within } from "./wrong.ts";

interface Props {
  object: string;
  field: Field;
  record: Row;
  save: (before: Row, after: Row) => Promise<void>;
  /** Another just changed it. */
  marked: boolean;
  readOnly: boolean;
}

export function InlineField({ object, field, record, save, marked, readOnly }: Props) {
  const t = useText();
  const { tokens } = useTheme();
  const edit = useInlineEdit(object, field.name, record, save);
  const opener = useRef<HTMLButtonElement>(null);
  const wasOpen = useRef(false);
  const open = edit.editing !== undefined;
  useEffect(() => {
    // Back to where one was, unless one went elsewhere.
    if (wasOpen.current && !open && document.activeElement === document.body) opener.current?.focus();
    wasOpen.current = open;
  }, [open]);
  const value = valueOf(record, field.name);
  const label = t(field.label);
  if (edit.editing) return <Editor field={field} label={label} record={record} edit={edit} />;
  if (isEmpty(value)) {
    if (readOnly) return null;
    return (
      <Button
        ref={opener}
        size="small"
        startIcon={<Plus size={14} />}
        onClick={edit.begin}
        sx={{ color: "text.secondary" }}
      >
        {label}
      </Button>
    );
  }
  const press = (event: MouseEvent) => {
    const inner = (event.target as HTMLElement).closest("a, button");
    if (!readOnly && !inner && !getSelection()?.toString()) edit.begin();
  };
  return (
    <Box
      data-field={field.name}
      onClick={press}
      sx={{
        gridColumn: "1 / -1",
        display: "grid",
        position: "relative",
        gridTemplateColumns: "96px minmax(0, 1fr)",
        columnGap: 2,
        alignItems: "start",
        px: 2,
        py: 1,
        mx: -2,
        borderRadius: 1,
        cursor: readOnly ? undefined : "text",
        transition: "background-color 180ms",
        bgcolor: marked ? tokens.warnTint : undefined,
        "&:hover": { bgcolor: marked ? tokens.warnTint : "action.hover" },
        "& .opener": { opacity: 0 },
        "&:hover .opener, & .opener:focus-visible": { opacity: 1 },
        "@media (hover: none)": { "& .opener": { opacity: 1 } },
      }}
    >
      <Typography color="textSecondary">{label}</Typography>
      <Box sx={{ minWidth: 0, overflowWrap: "anywhere" }}>
        <field.Show value={value} />
      </Box>
      {!readOnly && (
        <IconButton
          ref={opener}
          className="opener"
          size="small"
          aria-label={t("record.edit", { label })}
          onClick={edit.begin}
          sx={{ position: "absolute", insetInlineEnd: 0, insetBlockStart: 0, p: 1.5 }}
        >
          <Pencil size={14} />
        </IconButton>
      )}
    </Box>
  );
}

interface EditorBoxProps {
  field: Field;
  label: string;
  record: Row;
  edit: ReturnType<typeof useInlineEdit>;
}

function Editor({ field, label, record, edit }: EditorBoxProps) {
  const t = useText();
  const { editing, offered } = edit;
  if (!editing) return null;
  const press = (event: KeyboardEvent) => {
    if (event.key === "Escape" && !event.defaultPrevented) edit.cancel();
    else if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) void edit.commit();
    else return;
    event.stopPropagation();
  };
  const leave = (event: FocusEvent) => {
    // The focus went elsewhere in the page; a list that opened outside of this box takes none.
    if (field.large || offered || !event.relatedTarget || event.currentTarget.contains(event.relatedTarget))
      return;
    void edit.commit();
  };
  return (
    <Box
      role="group"
      aria-label={label}
      data-field={field.name}
      onKeyDown={press}
      onBlur={leave}
      sx={{ gridColumn: "1 / -1", py: 1.5 }}
    >
      <Typography color="textSecondary" sx={{ mb: 1 }}>
        {label}
      </Typography>
      <field.Edit
        focused
        value={editing.value}
        onChange={edit.change}
        onDone={field.large ? undefined : (value) => void edit.commit(value)}
        wrong={within(editing.wrongs, field.name)}
        label={label}
        record={record}
      />
      {offered && (
        <Box role="status" sx={{ mt: 1.5, p: 2, borderRadius: 1, bgcolor: "action.hover" }}>
          <Typography variant="caption" component="p" color="textSecondary">
            {t("record.offered")}
          </Typography>
          {isEmpty(edit.theirs) ? t("record.emptied") : <field.Show value={edit.theirs} />}
          <Button size="small" onClick={edit.takeTheirs}>
            {t("record.takeTheirs")}
          </Button>
        </Box>
      )}
      {(field.large || offered) && (
        <Stack direction="row" sx={{ gap: 2, mt: 2 }}>
          <Button variant="contained" size="small" onClick={() => void edit.commit()}>
            {t("record.save")}
          </Button>
          <Button size="small" onClick={edit.cancel}>
            {t("common.cancel")}
          </Button>
        </Stack>
      )}
    </Box>
  );
}
