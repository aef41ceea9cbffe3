// How values of fields look: in facts, in conflicts, in timelines (whose values may lack what is empty).
import Box from "@mui/material/Box";
import Stack from "@mui/material/Stack";
import Typography from "@mui/material/Typography";
import { useGetList, useGetManyAggregate } from "ra-core";
import type { ReactNode } from "react";
import type { Records } from "../api/resources.ts";
import type { components } from "../api/schema.d.ts";
import { formatDate, formatPartialDate } from "../format/dates.ts";
import { formatMoney, formatNumber, localDigits } from "../format/numbers.ts";
import { languageName, regionName } from "../format/regions.ts";
import { useText } from "../i18n/use.ts";
import { ColleagueName } from "../ui/ColleagueName.tsx";
import { MailLink } from "../ui/MailLink.tsx";
import { PhoneLink } from "../ui/PhoneLink.tsx";
import { RecordChip } from "../ui/RecordChip.tsx";
import { TagList } from "../ui/TagList.tsx";
import { labelName } from "./editors/labels.ts";
import { networkName } from "./editors/reach.tsx";
import type { ShowProps } from "./types.ts";

type Schemas = components["schemas"];

/** Values below each other, the primary one told by its weight and in words. */
function Lines({ rows }: { rows: readonly { content: ReactNode; aside?: string; primary?: boolean }[] }) {
  const t = useText();
  const several = rows.length > 1;
  return (
    <Stack component="span" sx={{ gap: 0.5, alignItems: "flex-start" }}>
      {rows.map(({ content, aside, primary }, index) => (
        <Box component="span" key={index} sx={{ maxWidth: "100%" }}>
          {content}
          {(aside || (several && primary)) && (
            <Typography
              component="span"
              variant="caption"
              color="textSecondary"
              sx={{ marginInlineStart: 1.5, overflowWrap: "normal" }}
            >
              <bdi>{[aside, several && primary && t("record.rows.primary")].filter(Boolean).join(" · ")}</bdi>
            </Typography>
          )}
        </Box>
      ))}
    </Stack>
  );
}

export function TextShow({ value }: ShowProps<unknown>) {
  return <bdi>{String(value)}</bdi>;
}

export function NumberShow({ value }: ShowProps<number>) {
  return formatNumber(Number(value));
}

export function MoneyShow({ value }: ShowProps<Schemas["Money"]>) {
  return <bdi>{formatMoney(value as { currencyCode: string; units: string; nanos?: number })}</bdi>;
}

export function TagsShow({ value }: ShowProps<string[]>) {
  return <TagList tags={value} />;
}

export function DomainsShow({ value }: ShowProps<string[]>) {
  return <Lines rows={value.map((domain) => ({ content: <bdi dir="ltr">{domain}</bdi> }))} />;
}

export function LanguageShow({ value }: ShowProps<string>) {
  return <bdi>{languageName(value)}</bdi>;
}

export function TimeZoneShow({ value }: ShowProps<string>) {
  return <bdi dir="ltr">{value.replaceAll("_", " ")}</bdi>;
}

export function StageShow({ value }: ShowProps<string>) {
  return useText()(`contacts.stages.${value}`);
}

export function OwnerShow({ value }: ShowProps<string>) {
  return <ColleagueName id={value} avatar />;
}

export function TeamShow({ value }: ShowProps<string>) {
  const { data } = useGetList<Records["teams"]>("teams");
  return <bdi>{data?.find((team) => team.id === value)?.name ?? "…"}</bdi>;
}

export function BirthdayShow({ value }: ShowProps<Schemas["PartialDate"]>) {
  return value.month ? formatPartialDate(value) : null;
}

export function EmailsShow({ value }: ShowProps<Schemas["EmailAddress"][]>) {
  const t = useText();
  return (
    <Lines
      rows={value.map(({ address, label, primary }) => ({
        content: <MailLink address={address} />,
        aside: labelName(t, label ?? ""),
        primary,
      }))}
    />
  );
}

export function PhonesShow({ value }: ShowProps<Schemas["PhoneNumber"][]>) {
  const t = useText();
  return (
    <Lines
      rows={value.map(({ number, e164, label, primary }) => ({
        content: <PhoneLink number={number} e164={e164} />,
        aside: labelName(t, label ?? ""),
        primary,
      }))}
    />
  );
}

export function AddressesShow({ value }: ShowProps<Schemas["PostalAddress"][]>) {
  const t = useText();
  return (
    <Lines
      rows={value.map(({ lines = [], city, state, postalCode, region, label }) => ({
        content: (
          <bdi>
            {[...lines, city, state, localDigits(postalCode ?? ""), region && regionName(region)]
              .filter(Boolean)
              .join(t("common.listSeparator"))}
          </bdi>
        ),
        aside: labelName(t, label ?? ""),
      }))}
    />
  );
}

export function RolesShow({ value }: ShowProps<Schemas["CompanyRole"][]>) {
  return (
    <Lines
      rows={value.map(({ companyId, companyName, role, primary }) => ({
        content: <RecordChip plain resource="companies" id={companyId} name={companyName || "…"} />,
        aside: role,
        primary,
      }))}
    />
  );
}

export function CompanyShow({ value }: ShowProps<string>) {
  const { data } = useGetManyAggregate<Records["companies"]>("companies", { ids: [value] });
  return <RecordChip plain resource="companies" id={value} name={data?.[0]?.name ?? "…"} />;
}

export function ConsentsShow({ value }: ShowProps<Schemas["Consent"][]>) {
  const t = useText();
  return (
    <Lines
      rows={value.map(({ channel, state, evidenceTime, method }) => ({
        content: t("record.consents.line", {
          channel: t(`record.channels.${channel}`),
          state: t(`record.consents.${state}`),
        }),
        aside: [evidenceTime && formatDate(evidenceTime), method]
          .filter(Boolean)
          .join(t("common.listSeparator")),
      }))}
    />
  );
}

export function SocialShow({ value }: ShowProps<Schemas["SocialProfile"][]>) {
  return (
    <Lines
      rows={value.map(({ network, handle }) => ({
        content: <bdi dir="ltr">{handle}</bdi>,
        aside: networkName(network),
      }))}
    />
  );
}

export function CustomShow({ value }: ShowProps<unknown>) {
  const t = useText();
  const plain = (one: unknown) => {
    if (typeof one === "boolean") return t(one ? "record.yes" : "record.no");
    if (typeof one === "number") return formatNumber(one);
    return Array.isArray(one) ? one.join(t("common.listSeparator")) : String(one);
  };
  if (value === null || typeof value !== "object" || Array.isArray(value)) return <bdi>{plain(value)}</bdi>;
  return (
    <Lines
      rows={Object.entries(value).map(([name, held]) => ({ content: <bdi>{plain(held)}</bdi>, aside: name }))}
    />
  );
}
