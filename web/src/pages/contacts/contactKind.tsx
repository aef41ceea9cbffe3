// What a contact consists of: its page, forms, conflicts and timeline come from this.
import type { Row } from "../../api/changes.ts";
import { useText } from "../../i18n/use.ts";
import { ConsentsEditor, CustomEditor, RolesEditor } from "../../record/editors/more.tsx";
import { ColleagueEditor } from "../../record/editors/pickers.tsx";
import { AddressesEditor, EmailsEditor, PhonesEditor, SocialEditor } from "../../record/editors/reach.tsx";
import {
  BirthdayEditor,
  LanguageEditor,
  SelectEditor,
  TagsEditor,
  TeamEditor,
  TextEditor,
  TimeZoneEditor,
} from "../../record/editors/simple.tsx";
import * as shows from "../../record/shows.tsx";
import type { EditorProps, Field, RecordKind } from "../../record/types.ts";

export const STAGES = ["SUBSCRIBER", "LEAD", "OPPORTUNITY", "CUSTOMER", "ADVOCATE", "FORMER"].map(
  (stage) => `LIFECYCLE_STAGE_${stage}`,
);

function StageEditor(props: EditorProps<string>) {
  const t = useText();
  return (
    <SelectEditor
      {...props}
      choices={STAGES.map((value) => ({ value, name: t(`contacts.stages.${value}`) }))}
    />
  );
}

function words(name: string): Field {
  return { name, label: `contacts.fields.${name}`, Show: shows.TextShow, Edit: TextEditor };
}

function field(name: string, Show: Field["Show"], Edit: Field["Edit"], large = false): Field {
  return { name, label: `contacts.fields.${name}`, Show, Edit, large };
}

export const contactKind: RecordKind = {
  resource: "contacts",
  object: "contact",
  subjectType: "SUBJECT_TYPE_CONTACT",
  nameOf: (record: Row) => String(record["displayName"] ?? ""),
  groups: [
    {
      title: "contacts.groups.reach",
      fields: [
        field("emails", shows.EmailsShow, EmailsEditor, true),
        field("phones", shows.PhonesShow, PhonesEditor, true),
        field("addresses", shows.AddressesShow, AddressesEditor, true),
        field("socialProfiles", shows.SocialShow, SocialEditor, true),
      ],
    },
    {
      title: "contacts.groups.who",
      fields: [
        words("givenName"),
        words("familyName"),
        words("honorific"),
        field("companies", shows.RolesShow, RolesEditor, true),
        words("jobTitle"),
        field("birthday", shows.BirthdayShow, BirthdayEditor, true),
        field("language", shows.LanguageShow, LanguageEditor),
        field("timeZone", shows.TimeZoneShow, TimeZoneEditor),
      ],
    },
    {
      title: "contacts.groups.work",
      fields: [
        field("lifecycleStage", shows.StageShow, StageEditor),
        field("ownerId", shows.OwnerShow, ColleagueEditor),
        field("teamId", shows.TeamShow, TeamEditor),
        field("tags", shows.TagsShow, TagsEditor, true),
        words("source"),
      ],
    },
    {
      title: "contacts.groups.consents",
      fields: [field("consents", shows.ConsentsShow, ConsentsEditor, true)],
    },
    {
      title: "contacts.groups.custom",
      fields: [field("custom", shows.CustomShow, CustomEditor, true)],
    },
  ],
};

/** What one needs to begin with. */
export const FIRST = ["givenName", "familyName", "emails", "phones", "companies", "jobTitle"] as const;
