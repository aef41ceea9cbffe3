// Ctrl-K: commands and the search over everything, in one list that the keyboard moves through.
import Box from "@mui/material/Box";
import Dialog from "@mui/material/Dialog";
import InputBase from "@mui/material/InputBase";
import Typography from "@mui/material/Typography";
import { useTheme } from "@mui/material/styles";
import { Search } from "lucide-react";
import { type KeyboardEvent, useEffect, useState } from "react";
import { useNavigate } from "react-router";
import { useText } from "../i18n/use.ts";
import { type Command, useCommands } from "./commands.ts";
import { useSearch } from "./useSearch.ts";

export default function Palette({ onClose }: { onClose: () => void }) {
  const t = useText();
  const navigate = useNavigate();
  const [query, setQuery] = useState("");
  const [chosen, setChosen] = useState(0);
  const commands = useCommands(query);
  const { groups, missing, searching, failed } = useSearch(query);
  const all = [...(commands.length ? [{ name: t("frame.palette.commands"), commands }] : []), ...groups];
  const flat = all.flatMap((group) => group.commands);
  const at = Math.min(chosen, flat.length - 1);
  useEffect(() => {
    // Newer browsers give back a promise, which is no clean-up.
    void document.getElementById(`palette-${at}`)?.scrollIntoView({ block: "nearest" });
  }, [at]);

  const run = (command: Command | undefined) => {
    if (!command) return;
    onClose();
    if (command.path) void navigate(command.path);
    else command.run?.();
  };
  const press = (event: KeyboardEvent) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step && flat.length) {
      event.preventDefault();
      setChosen((at + step + flat.length) % flat.length);
    } else if (event.key === "Enter") {
      event.preventDefault();
      run(flat[at]);
    }
  };
  const said = status(t, { query, searching, failed, missing, count: flat.length });
  let number = 0;
  return (
    <Dialog
      open
      onClose={onClose}
      fullWidth
      maxWidth="sm"
      sx={{ "& .MuiDialog-container": { alignItems: "flex-start" } }}
      slotProps={{
        paper: {
          "aria-label": t("frame.palette.title"),
          sx: {
            mt: { xs: 0, sm: "10vh" },
            mx: { xs: 2, sm: 4 },
            width: { xs: "calc(100% - 16px)", sm: "100%" },
          },
        },
      }}
    >
      <Box
        sx={{
          display: "flex",
          alignItems: "center",
          gap: 3,
          px: 4,
          borderBlockEnd: 1,
          borderColor: "divider",
          color: "text.secondary",
        }}
      >
        <Search size={18} aria-hidden />
        <InputBase
          // A dialog takes the focus, and this is what one opens it for.
          // eslint-disable-next-line jsx-a11y/no-autofocus
          autoFocus
          fullWidth
          value={query}
          onChange={(event) => {
            setQuery(event.target.value);
            setChosen(0);
          }}
          onKeyDown={press}
          placeholder={t("frame.palette.placeholder")}
          inputProps={{
            role: "combobox",
            "aria-label": t("frame.palette.title"),
            "aria-expanded": true,
            "aria-controls": "palette-list",
            "aria-activedescendant": flat.length ? `palette-${at}` : undefined,
            "aria-autocomplete": "list",
            dir: "auto",
            maxLength: 200,
          }}
          sx={{ py: 3 }}
        />
      </Box>
      <Box
        id="palette-list"
        role="listbox"
        aria-label={t("frame.palette.results")}
        sx={{ maxHeight: "50vh", overflowY: "auto", p: 2 }}
      >
        {all.map((group) => (
          <Box key={group.name} role="group" aria-label={group.name}>
            <Typography
              variant="caption"
              color="textSecondary"
              aria-hidden
              sx={{ display: "block", px: 2, pt: 2, pb: 1 }}
            >
              {group.name}
            </Typography>
            {group.commands.map((command) => {
              const index = number++;
              return (
                <Option
                  key={command.id}
                  command={command}
                  id={`palette-${index}`}
                  active={index === at}
                  onPoint={() => setChosen(index)}
                  onRun={() => run(command)}
                />
              );
            })}
          </Box>
        ))}
      </Box>
      <Typography
        role="status"
        variant="caption"
        color="textSecondary"
        sx={{ px: 4, py: said ? 3 : 0, borderBlockStart: said ? 1 : 0, borderColor: "divider" }}
      >
        {said}
      </Typography>
    </Dialog>
  );
}

interface State {
  query: string;
  searching: boolean;
  failed: string;
  missing: readonly string[];
  count: number;
}

function status(t: ReturnType<typeof useText>, { query, searching, failed, missing, count }: State): string {
  if (failed) return failed;
  if (searching) return t("frame.palette.searching");
  if (missing.length)
    return t("frame.palette.partial", {
      sources: missing.map((name) => t(`${name}.title`)).join(", "),
    });
  return query.trim() && !count ? t("frame.palette.nothing") : "";
}

interface OptionProps {
  command: Command;
  id: string;
  active: boolean;
  onPoint: () => void;
  onRun: () => void;
}

function Option({ command, id, active, onPoint, onRun }: OptionProps) {
  const { tokens } = useTheme();
  return (
    // The combobox holds the focus and its keys choose; the option itself is for the pointer.
    <Box
      id={id}
      role="option"
      tabIndex={-1}
      aria-selected={active}
      onMouseMove={onPoint}
      onClick={onRun}
      sx={{
        display: "flex",
        alignItems: "center",
        gap: 3,
        px: 2,
        minHeight: 40,
        "@media (pointer: coarse)": { minHeight: 44 },
        borderRadius: 1,
        cursor: "pointer",
        bgcolor: active ? tokens.accentTint : undefined,
      }}
    >
      <Box sx={{ color: "text.secondary", display: "flex" }}>
        <command.icon size={16} aria-hidden />
      </Box>
      <Box sx={{ flex: 1, minWidth: 0, display: "flex", gap: 2, alignItems: "baseline" }}>
        <Typography noWrap component="bdi" sx={{ flexShrink: 0, maxWidth: "100%" }}>
          {command.name}
        </Typography>
        {command.about && (
          <Typography noWrap component="bdi" variant="caption" color="textSecondary">
            {command.about}
          </Typography>
        )}
      </Box>
    </Box>
  );
}
