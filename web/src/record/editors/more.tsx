// Editors of companies with roles, consents, and the organisation's own fields.
import Box from "@mui/material/Box";
import Stack from "@mui/material/Stack";
import Typography from "@mui/material/Typography";
import type { components } from "../../api/schema.d.ts";
import { fromGregorian } from "../../format/calendar.ts";
import { useText } from "../../i18n/use.ts";
import { DateField } from "../../ui/DateField.tsx";
import type { EditorProps } from "../types.ts";
import { CompanyPicker } from "./pickers.tsx";
import { Input, Pick, Rows } from "./Rows.tsx";

type Schemas = components["schemas"];
type Role = Schemas["CompanyRole"];
type Consent = Schemas["Consent"];

export function RolesEditor({ value, onChange, wrong, label, focused }: EditorProps<Role[]>) {
  const t = useText();
  const blank = { companyId: "", companyName: "", role: "", primary: false } as Role;
  return (
    <Rows
      primary
      rows={value ?? []}
      onChange={onChange}
      blank={blank}
      most={20}
      label={label}
      wrong={wrong}
      render={(row, change, name, index) => (
        <>
          <CompanyPicker
            id={row.companyId}
            name={row.companyName}
            onPick={(companyId, companyName) => change({ companyId, companyName } as Partial<Role>)}
            label={name}
            wrong={wrong(`[${index}].companyId`)}
            focused={Boolean(focused) && index === 0}
          />
          <Input
            value={row.role}
            onChange={(role) => change({ role })}
            name={t("record.company.roleOf", { name })}
            hint={t("record.company.role")}
            wrong={wrong(`[${index}].role`)}
          />
        </>
      )}
    />
  );
}

export const CHANNELS = [
  "CHANNEL_EMAIL",
  "CHANNEL_SMS",
  "CHANNEL_TELEPHONE",
  "CHANNEL_POST",
  "CHANNEL_MESSENGER",
] as const;
const STATES = ["STATE_GRANTED", "STATE_DENIED", "STATE_WITHDRAWN"] as const;

export function ConsentsEditor({ value, onChange, wrong }: EditorProps<Consent[]>) {
  const consents = value ?? [];
  return (
    <Stack sx={{ gap: 3 }}>
      {CHANNELS.map((channel) => (
        <ConsentRow
          key={channel}
          channel={channel}
          consent={consents.find((one) => one.channel === channel)}
          onChange={(consent) => {
            const others = consents.filter((one) => one.channel !== channel);
            onChange(consent ? [...others, consent] : others);
          }}
          wrong={(path) => wrong(`[${consents.findIndex((one) => one.channel === channel)}]${path}`)}
        />
      ))}
    </Stack>
  );
}

interface ConsentProps {
  channel: Consent["channel"];
  consent: Consent | undefined;
  onChange: (consent: Consent | undefined) => void;
  wrong: (path: string) => string | undefined;
}

function ConsentRow({ channel, consent, onChange, wrong }: ConsentProps) {
  const t = useText();
  const name = t(`record.channels.${channel}`);
  const change = (part: Partial<Consent>) =>
    onChange({ channel, state: "STATE_GRANTED", method: "", textShown: "", ...consent, ...part } as Consent);
  const when = consent?.evidenceTime ? new Date(consent.evidenceTime) : undefined;
  return (
    <Box role="group" aria-label={name}>
      <Stack direction="row" sx={{ gap: 2, alignItems: "center" }}>
        <Typography sx={{ flex: 1 }}>{name}</Typography>
        <Box sx={{ width: 180 }}>
          <Pick
            value={consent?.state ?? ""}
            onChange={(state) =>
              state
                ? change({ state: state as Consent["state"], evidenceTime: new Date().toISOString() })
                : onChange(undefined)
            }
            name={name}
            choices={STATES.map((state) => ({ value: state, name: t(`record.consents.${state}`) }))}
            none={t("record.consents.none")}
          />
        </Box>
      </Stack>
      {consent && (
        <Stack
          sx={{
            gap: 1.5,
            mt: 1.5,
            ps: 3,
            paddingInlineStart: 3,
            borderInlineStart: 2,
            borderColor: "divider",
          }}
        >
          <Input
            value={consent.method}
            onChange={(method) => change({ method })}
            name={t("record.consents.method")}
            hint={t("record.consents.method")}
            wrong={wrong(".method")}
          />
          <DateField
            value={when && { year: when.getFullYear(), month: when.getMonth() + 1, day: when.getDate() }}
            onChange={(day) => {
              if (!day) return;
              const { year, month, day: date } = fromGregorian(day, "gregorian");
              change({ evidenceTime: new Date(year, month - 1, date, 12).toISOString() });
            }}
            label={t("record.consents.time")}
            wrong={wrong(".evidenceTime")}
          />
          <Input
            multiline
            value={consent.textShown}
            onChange={(textShown) => change({ textShown })}
            name={t("record.consents.text")}
            hint={t("record.consents.text")}
            wrong={wrong(".textShown")}
          />
        </Stack>
      )}
    </Box>
  );
}

type Custom = Record<string, unknown>;

/** Values keep their kind: a number stays one as long as it can be read as one. */
export function CustomEditor({ value, onChange, wrong, label, focused }: EditorProps<Custom>) {
  const t = useText();
  const rows = Object.entries(value ?? {}).map(([key, held]) => ({ key, held }));
  return (
    <Rows
      rows={rows}
      onChange={(changed) => onChange(Object.fromEntries(changed.map((row) => [row.key, row.held])))}
      blank={{ key: "", held: "" as unknown }}
      most={100}
      label={label}
      wrong={(path) => (path === "" ? wrong("") : wrong(`.${rows[Number(path.slice(1, -1))]?.key ?? ""}`))}
      render={(row, change, name, index) => (
        <Stack direction="row" sx={{ gap: 1.5 }}>
          <Input
            ltr
            value={row.key}
            onChange={(key) => change({ key })}
            name={t("record.custom.nameOf", { name })}
            hint={t("record.custom.name")}
            focused={Boolean(focused) && index === 0}
          />
          {typeof row.held === "boolean" ? (
            <Pick
              value={String(row.held)}
              onChange={(held) => change({ held: held === "true" })}
              name={name}
              choices={[
                { value: "true", name: t("record.yes") },
                { value: "false", name: t("record.no") },
              ]}
            />
          ) : (
            <Input
              value={written(row.held)}
              onChange={(held) => change({ held: read(held, row.held) })}
              name={name}
            />
          )}
        </Stack>
      )}
    />
  );
}

function written(value: unknown): string {
  return Array.isArray(value) ? value.join(", ") : String(value ?? "");
}

function read(typed: string, before: unknown): unknown {
  if (Array.isArray(before)) return typed.split(",").map((word) => word.trim());
  if (typeof before === "number" && typed.trim() && Number.isFinite(Number(typed))) return Number(typed);
  return typed;
}
