// Editors of how to reach somebody: e-mail, telephone, addresses, profiles.
import Stack from "@mui/material/Stack";
import type { ReactNode } from "react";
import type { components } from "../../api/schema.d.ts";
import { latinDigits } from "../../format/calendar.ts";
import { regions } from "../../format/regions.ts";
import { useText } from "../../i18n/use.ts";
import type { EditorProps } from "../types.ts";
import { useLabels } from "./labels.ts";
import { Input, Pick, Rows } from "./Rows.tsx";

type Schemas = components["schemas"];

export function EmailsEditor({ value, ...props }: EditorProps<Schemas["EmailAddress"][]>) {
  const blank = { address: "", label: "work", primary: false } as Schemas["EmailAddress"];
  return <ReachEditor {...props} rows={value ?? []} blank={blank} part="address" type="email" />;
}

export function PhonesEditor({ value, ...props }: EditorProps<Schemas["PhoneNumber"][]>) {
  const t = useText();
  const blank = { number: "", label: "mobile", primary: false, region: "" } as Schemas["PhoneNumber"];
  return (
    <ReachEditor
      {...props}
      rows={value ?? []}
      blank={blank}
      part="number"
      type="tel"
      below={(row, change, name) =>
        needsRegion(row.number) && (
          <Pick
            value={row.region}
            onChange={(region) => change({ region })}
            name={t("record.rows.regionOf", { name })}
            choices={regions()}
            none={t("record.rows.regionOwn")}
          />
        )
      }
    />
  );
}

interface ReachProps<T> extends Omit<EditorProps<T[]>, "value" | "record" | "onDone"> {
  rows: readonly T[];
  blank: T;
  /** The part of a row that reaches somebody. */
  part: keyof T & string;
  type: "email" | "tel";
  below?: (row: T, change: (part: Partial<T>) => void, name: string) => ReactNode;
}

/** Rows of what is written to or called, each with a label; one is the primary. */
function ReachEditor<T extends { label: string }>({
  rows,
  onChange,
  blank,
  part,
  type,
  below,
  wrong,
  label,
  focused,
}: ReachProps<T>) {
  return (
    <Rows
      primary
      rows={rows}
      onChange={onChange}
      blank={blank}
      most={20}
      label={label}
      wrong={wrong}
      render={(row, change, name, index) => (
        <>
          <Stack direction="row" sx={WITH_LABEL}>
            <Input
              ltr
              type={type}
              value={row[part] as string}
              onChange={(typed) => change({ [part]: typed } as Partial<T>)}
              name={name}
              wrong={wrong(`[${index}].${part}`)}
              focused={Boolean(focused) && index === 0}
            />
            <LabelPick
              value={row.label}
              onChange={(chosen) => change({ label: chosen } as Partial<T>)}
              name={name}
            />
          </Stack>
          {below?.(row, change, name)}
        </>
      )}
    />
  );
}

/** The label goes below where what it labels would have too little room. */
const WITH_LABEL = { gap: 1.5, flexWrap: "wrap", "& > :first-of-type": { flex: "1 1 170px" } } as const;

interface LabelPickProps {
  value: string;
  onChange: (label: string) => void;
  name: string;
}

function LabelPick({ value, onChange, name }: LabelPickProps) {
  const t = useText();
  const choices = useLabels();
  return (
    <Stack sx={{ flex: "0 0 104px" }}>
      <Pick
        value={value}
        onChange={onChange}
        name={t("record.rows.labelOf", { name })}
        choices={choices}
        none={t("record.rows.label")}
      />
    </Stack>
  );
}

/** A number without its country's code is of some country. */
function needsRegion(number: string): boolean {
  const digits = latinDigits(number).trim();
  return /\d{3}/.test(digits) && !/^(\+|00)/.test(digits);
}

export function AddressesEditor({
  value,
  onChange,
  wrong,
  label,
  focused,
}: EditorProps<Schemas["PostalAddress"][]>) {
  const t = useText();
  const blank = { label: "work", lines: [], city: "", state: "", postalCode: "", region: "" };
  return (
    <Rows
      rows={value ?? []}
      onChange={onChange}
      blank={blank}
      most={10}
      label={label}
      wrong={wrong}
      render={(row, change, name, index) => {
        const part = (key: "city" | "state" | "postalCode") => (
          <Input
            value={row[key]}
            onChange={(words) => change({ [key]: words })}
            name={t(`record.address.${key}`)}
            hint={t(`record.address.${key}`)}
            wrong={wrong(`[${index}].${key}`)}
          />
        );
        return (
          <>
            <Stack direction="row" sx={WITH_LABEL}>
              <Input
                multiline
                value={row.lines.join("\n")}
                onChange={(lines) => change({ lines: lines ? lines.split("\n") : [] })}
                name={name}
                hint={t("record.address.lines")}
                wrong={wrong(`[${index}].lines`)}
                focused={Boolean(focused) && index === 0}
              />
              <LabelPick value={row.label} onChange={(chosen) => change({ label: chosen })} name={name} />
            </Stack>
            <Stack direction="row" sx={{ gap: 1.5 }}>
              {part("city")}
              {part("postalCode")}
            </Stack>
            <Stack direction="row" sx={{ gap: 1.5 }}>
              {part("state")}
              <Pick
                value={row.region}
                onChange={(region) => change({ region })}
                name={t("record.address.region")}
                choices={regions()}
                none={t("record.address.region")}
              />
            </Stack>
          </>
        );
      }}
    />
  );
}

export function SocialEditor({
  value,
  onChange,
  wrong,
  label,
  focused,
}: EditorProps<Schemas["SocialProfile"][]>) {
  const t = useText();
  const networks = ["linkedin", "telegram", "instagram", "whatsapp", "x", "facebook"];
  return (
    <Rows
      rows={value ?? []}
      onChange={onChange}
      blank={{ network: "linkedin", handle: "" }}
      most={20}
      label={label}
      wrong={wrong}
      render={(row, change, name, index) => (
        <Stack direction="row" sx={{ gap: 1.5 }}>
          <Stack sx={{ width: 120, flexShrink: 0 }}>
            <Pick
              value={row.network}
              onChange={(network) => change({ network })}
              name={t("record.social.network", { name })}
              choices={networks.map((network) => ({ value: network, name: networkName(network) }))}
            />
          </Stack>
          <Input
            ltr
            value={row.handle}
            onChange={(handle) => change({ handle })}
            name={name}
            wrong={wrong(`[${index}].handle`) ?? wrong(`[${index}].network`)}
            focused={Boolean(focused) && index === 0}
          />
        </Stack>
      )}
    />
  );
}

const NETWORKS: Record<string, string> = { linkedin: "LinkedIn", whatsapp: "WhatsApp" };

/** Networks are called the same in every language. */
export function networkName(network: string): string {
  return NETWORKS[network] ?? network.charAt(0).toUpperCase() + network.slice(1);
}
