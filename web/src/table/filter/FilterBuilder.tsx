import Box from "@mui/material/Box";
import Button from "@mui/material/Button";
import MenuItem from "@mui/material/MenuItem";
import Select from "@mui/material/Select";
import Typography from "@mui/material/Typography";
import { Plus } from "lucide-react";
import { useText } from "../../i18n/use.ts";
import type { Field } from "../types.ts";
import { ConditionRow, newCondition } from "./ConditionRow.tsx";
import type { Condition, Conditions, Group, Join } from "./conditions.ts";

interface Props {
  fields: readonly Field[];
  value: Conditions;
  onChange: (value: Conditions) => void;
}

/** Conditions one below the other, with groups in which the other word joins. */
export function FilterBuilder({ fields, value, onChange }: Props) {
  const t = useText();
  const other: Join = value.join === "and" ? "or" : "and";
  const first = fields[0];
  const put = (at: number, item: Condition | Group | undefined) =>
    onChange({ ...value, items: value.items.flatMap((one, index) => (index === at ? (item ?? []) : one)) });
  // A group has the other word: changing the outer one changes both.
  const turn = (join: Join) =>
    onChange({
      join,
      items: value.items.map((item) =>
        item.kind === "group" ? { ...item, join: join === "and" ? "or" : "and" } : item,
      ),
    });
  if (!first) return null;
  return (
    <Box sx={{ display: "grid", gap: 3 }}>
      {value.items.length > 1 && (
        <JoinChoice label={t("table.filter.join")} value={value.join} onChange={turn} />
      )}
      {value.items.length === 0 && <Typography color="textSecondary">{t("table.filter.none")}</Typography>}
      {value.items.map((item, at) =>
        item.kind === "condition" ? (
          <ConditionRow
            key={at}
            fields={fields}
            condition={item}
            onChange={(next) => put(at, next)}
            onRemove={() => put(at, undefined)}
          />
        ) : (
          <GroupBox key={at} fields={fields} group={item} onChange={(next) => put(at, next)} />
        ),
      )}
      <Box sx={{ display: "flex", gap: 1, flexWrap: "wrap" }}>
        <Button
          startIcon={<Plus size={16} />}
          onClick={() => onChange({ ...value, items: [...value.items, newCondition(first)] })}
        >
          {t("table.filter.add")}
        </Button>
        <Button
          onClick={() =>
            onChange({
              ...value,
              items: [
                ...value.items,
                { kind: "group", join: other, items: [newCondition(first), newCondition(first)] },
              ],
            })
          }
        >
          {t("table.filter.addGroup")}
        </Button>
      </Box>
    </Box>
  );
}

interface GroupProps {
  fields: readonly Field[];
  group: Group;
  onChange: (group: Group | undefined) => void;
}

function GroupBox({ fields, group, onChange }: GroupProps) {
  const t = useText();
  const first = fields[0];
  const put = (at: number, next: Condition | undefined) => {
    const items = group.items.flatMap((one, index) => (index === at ? (next ?? []) : one));
    onChange(items.length ? { ...group, items } : undefined);
  };
  return (
    <Box
      role="group"
      aria-label={t("table.filter.group")}
      sx={{
        display: "grid",
        gap: 3,
        p: 3,
        borderRadius: 1,
        border: 1,
        borderColor: "divider",
        bgcolor: "background.default",
      }}
    >
      <Typography color="textSecondary">{t(`table.filter.inside.${group.join}`)}</Typography>
      {group.items.map((condition, at) => (
        <ConditionRow
          key={at}
          fields={fields}
          condition={condition}
          onChange={(next) => put(at, next)}
          onRemove={() => put(at, undefined)}
        />
      ))}
      {first && (
        <Button
          startIcon={<Plus size={16} />}
          sx={{ justifySelf: "start" }}
          onClick={() => onChange({ ...group, items: [...group.items, newCondition(first)] })}
        >
          {t("table.filter.add")}
        </Button>
      )}
    </Box>
  );
}

function JoinChoice({
  label,
  value,
  onChange,
}: {
  label: string;
  value: Join;
  onChange: (join: Join) => void;
}) {
  const t = useText();
  return (
    <Select
      value={value}
      onChange={({ target }) => onChange(target.value)}
      inputProps={{ "aria-label": label }}
      sx={{ justifySelf: "start", height: 36 }}
    >
      {(["and", "or"] as const).map((join) => (
        <MenuItem key={join} value={join}>
          {t(`table.filter.joins.${join}`)}
        </MenuItem>
      ))}
    </Select>
  );
}
