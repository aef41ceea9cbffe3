// The page of any record: head, facts, timeline, what is related. Side by side, or as tabs at telephone width.
import Alert from "@mui/material/Alert";
import Box from "@mui/material/Box";
import Button from "@mui/material/Button";
import IconButton from "@mui/material/IconButton";
import ListItemIcon from "@mui/material/ListItemIcon";
import Menu from "@mui/material/Menu";
import MenuItem from "@mui/material/MenuItem";
import Stack from "@mui/material/Stack";
import Tab from "@mui/material/Tab";
import Tabs from "@mui/material/Tabs";
import useMediaQuery from "@mui/material/useMediaQuery";
import { type Theme } from "@mui/material/styles";
import { Ellipsis, Link2, Pencil, Trash2 } from "lucide-react";
import { useNotify } from "ra-core";
import { type ReactNode, useState } from "react";
import { useSearchParams } from "react-router";
import type { Row } from "../api/changes.ts";
import { FailurePage } from "../frame/FailurePage.tsx";
import { describeError } from "../i18n/errors.ts";
import { useText } from "../i18n/use.ts";
import { useMay } from "../session/rights.ts";
import { PageHeader } from "../ui/PageHeader.tsx";
import { PageSkeleton } from "../ui/PageSkeleton.tsx";
import { ConflictDialog } from "./ConflictDialog.tsx";
import { EditDialog } from "./EditDialog.tsx";
import { FactGroups } from "./FactGroups.tsx";
import { Timeline } from "./timeline/Timeline.tsx";
import { fieldNamed, type RecordKind } from "./types.ts";
import { useOthersChanges } from "./useOthersChanges.ts";
import { useRecord } from "./useRecord.ts";

interface Props {
  kind: RecordKind;
  id: string;
  /** Fields of the form that are shown at once. */
  first: readonly string[];
  leading: (record: Row) => ReactNode;
  /** Under the name: title and company, owner, stage, tags. */
  about: (record: Row) => ReactNode;
  /** The quick ways to do something: call, write. Icon buttons. */
  quick?: (record: Row) => ReactNode;
  related: (record: Row) => ReactNode;
}

const PARTS = ["facts", "timeline", "related"] as const;
type Part = (typeof PARTS)[number];

export function RecordPage({ kind, id, first, leading, about, quick, related }: Props) {
  const t = useText();
  const may = useMay();
  const [search, setSearch] = useSearchParams();
  const {
    data: record,
    error,
    isPending,
    refetch,
    save,
    remove,
    restore,
    conflict,
    isOwn,
  } = useRecord(kind, id);
  const others = useOthersChanges(record, isOwn);
  const narrow = useMediaQuery<Theme>((theme) => theme.breakpoints.down("md"));
  const [part, setPart] = useState<Part>("timeline");
  if (isPending) return <PageSkeleton />;
  if (!record) return <FailurePage error={error} resetErrorBoundary={() => void refetch()} />;
  const deleted = Boolean((record["audit"] as { deleteTime?: string } | undefined)?.deleteTime);
  const readOnly = deleted || !may(kind.object, "update");
  const edit = (open: boolean) => setSearch(open ? { edit: "" } : {}, { replace: true });
  const parts: Record<Part, ReactNode> = {
    facts: <FactGroups kind={kind} record={record} save={save} marked={others.fields} readOnly={readOnly} />,
    timeline: <Timeline key={id} kind={kind} id={id} readOnly={deleted} />,
    related: <Stack sx={{ gap: 4 }}>{related(record)}</Stack>,
  };
  const actions = (
    <Actions
      quick={quick?.(record)}
      onEdit={readOnly ? undefined : () => edit(true)}
      onDelete={deleted || !may(kind.object, "delete") ? undefined : remove}
      narrow={narrow}
    />
  );
  return (
    <>
      <PageHeader
        title={kind.nameOf(record)}
        about={about(record)}
        leading={leading(record)}
        extra={narrow ? undefined : actions}
      />
      {deleted && <Deleted onRestore={may(kind.object, "delete") ? restore : undefined} />}
      {narrow ? (
        <>
          <Tabs
            value={part}
            onChange={(_, chosen: Part) => setPart(chosen)}
            variant="fullWidth"
            sx={{ mb: 3 }}
          >
            {PARTS.map((one) => (
              <Tab
                key={one}
                value={one}
                label={t(`record.parts.${one}`)}
                id={`tab-${one}`}
                aria-controls={`part-${one}`}
              />
            ))}
          </Tabs>
          {PARTS.map((one) => (
            <Box
              key={one}
              role="tabpanel"
              id={`part-${one}`}
              aria-labelledby={`tab-${one}`}
              hidden={part !== one}
            >
              {part === one && parts[one]}
            </Box>
          ))}
          {actions}
        </>
      ) : (
        <Box
          sx={{
            display: "grid",
            gap: 4,
            alignItems: "start",
            gridTemplateColumns: { md: "336px minmax(0, 1fr)", lg: "336px minmax(0, 1fr) 264px" },
          }}
        >
          {parts.facts}
          <Box sx={{ gridRow: { md: "1 / span 2", lg: "auto" }, gridColumn: { md: 2, lg: "auto" } }}>
            {parts.timeline}
          </Box>
          {parts.related}
        </Box>
      )}
      <Box
        role="status"
        sx={{ position: "absolute", width: 1, height: 1, overflow: "hidden", clipPath: "inset(50%)" }}
        style={{ width: 1, height: 1 }}
      >
        {others.count > 0 && others.fields.length > 0 && (
          <span key={others.count}>
            {t("record.othersChanged", {
              fields: others.fields
                .map((name) => t(fieldNamed(kind, name)?.label ?? name))
                .join(t("common.listSeparator")),
            })}
          </span>
        )}
      </Box>
      {search.has("edit") && !readOnly && (
        <EditDialog kind={kind} first={first} record={record} save={save} onClose={() => edit(false)} />
      )}
      {conflict && <ConflictDialog kind={kind} conflict={conflict} />}
    </>
  );
}

function Deleted({ onRestore }: { onRestore: (() => Promise<void>) | undefined }) {
  const t = useText();
  const notify = useNotify();
  return (
    <Alert
      severity="warning"
      sx={{ mb: 4 }}
      action={
        onRestore && (
          <Button
            size="small"
            color="inherit"
            onClick={() => void onRestore().catch((error) => notify(describeError(error), { type: "error" }))}
          >
            {t("record.restore")}
          </Button>
        )
      }
    >
      {t("record.inBin")}
    </Alert>
  );
}

interface ActionsProps {
  quick: ReactNode;
  onEdit: (() => void) | undefined;
  onDelete: (() => Promise<void>) | undefined;
  narrow: boolean;
}

/** At the end of the head; at telephone width in a bar above the places. */
function Actions({ quick, onEdit, onDelete, narrow }: ActionsProps) {
  const t = useText();
  const notify = useNotify();
  const [anchor, setAnchor] = useState<HTMLElement | null>(null);
  const close = () => setAnchor(null);
  const copy = () => {
    close();
    void navigator.clipboard
      ?.writeText(location.href.split("?")[0] ?? "")
      .then(() => notify("record.copied"));
  };
  const remove = () => {
    close();
    void onDelete?.().catch((error) => notify(describeError(error), { type: "error" }));
  };
  return (
    <Stack
      direction="row"
      role="toolbar"
      aria-label={t("record.actions")}
      sx={{
        gap: 1,
        alignItems: "center",
        ...(narrow && {
          position: "fixed",
          insetInline: 0,
          insetBlockEnd: { xs: "calc(57px + env(safe-area-inset-bottom))", sm: 0 },
          px: 4,
          py: 1,
          bgcolor: "background.paper",
          borderBlockStart: 1,
          borderColor: "divider",
          zIndex: 5,
          justifyContent: "space-between",
        }),
      }}
    >
      <Stack direction="row" sx={{ gap: 1 }}>
        {quick}
      </Stack>
      <Stack direction="row" sx={{ gap: 1 }}>
        {onEdit && (
          <Button variant="contained" startIcon={<Pencil size={16} />} onClick={onEdit}>
            {t("record.editAll")}
          </Button>
        )}
        <IconButton
          aria-label={t("record.more")}
          aria-haspopup="menu"
          aria-expanded={Boolean(anchor)}
          onClick={(event) => setAnchor(event.currentTarget)}
        >
          <Ellipsis size={18} />
        </IconButton>
      </Stack>
      <Menu anchorEl={anchor} open={Boolean(anchor)} onClose={close}>
        <MenuItem onClick={copy}>
          <ListItemIcon>
            <Link2 size={16} />
          </ListItemIcon>
          {t("record.copy")}
        </MenuItem>
        {onDelete && (
          <MenuItem onClick={remove} sx={{ color: "error.main" }}>
            <ListItemIcon sx={{ color: "inherit" }}>
              <Trash2 size={16} />
            </ListItemIcon>
            {t("record.delete")}
          </MenuItem>
        )}
      </Menu>
    </Stack>
  );
}
