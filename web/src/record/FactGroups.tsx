import Box from "@mui/material/Box";
import Card from "@mui/material/Card";
import Typography from "@mui/material/Typography";
import type { Row } from "../api/changes.ts";
import { useText } from "../i18n/use.ts";
import { InlineField } from "./InlineField.tsx";
import { isEmpty } from "./empty.ts";
import { valueOf } from "./merge.ts";
import type { RecordKind } from "./types.ts";

interface Props {
  kind: RecordKind;
  record: Row;
  save: (before: Row, after: Row) => Promise<void>;
  /** Fields that another just changed. */
  marked: readonly string[];
  readOnly: boolean;
}

/** All facts, group by group; what is empty stands at the end of its group, to be added. */
export function FactGroups({ kind, record, save, marked, readOnly }: Props) {
  const t = useText();
  return (
    <Card sx={{ px: 4, py: 3 }}>
      {kind.groups.map((group, index) => {
        const order = [...group.fields].sort(
          (one, other) =>
            Number(isEmpty(valueOf(record, one.name))) - Number(isEmpty(valueOf(record, other.name))),
        );
        return (
          <Box component="section" key={group.title} sx={{ mt: index ? 5 : 0 }}>
            <Typography variant="h2" sx={{ mb: 1 }}>
              {t(group.title)}
            </Typography>
            <Box
              sx={{ display: "flex", flexWrap: "wrap", columnGap: 1, "& > [data-field]": { width: "100%" } }}
            >
              {order.map((field) => (
                <InlineField
                  key={field.name}
                  object={kind.object}
                  field={field}
                  record={record}
                  save={save}
                  marked={marked.some((name) => name.split(".")[0] === field.name)}
                  readOnly={readOnly}
                />
              ))}
            </Box>
          </Box>
        );
      })}
    </Card>
  );
}
