import Chip from "@mui/material/Chip";
import Stack from "@mui/material/Stack";
import { ColleagueName } from "../ui/ColleagueName.tsx";
import { RecordChip } from "../ui/RecordChip.tsx";
import { TagList } from "../ui/TagList.tsx";

interface Props {
  words?: string;
  company?: { id: string; name: string } | undefined;
  stage?: string;
  ownerId?: string;
  tags?: readonly string[];
}

/** Under a record's name: what it is, whose it is, its tags. */
export function HeadLine({ words, company, stage, ownerId, tags = [] }: Props) {
  return (
    <Stack direction="row" sx={{ gap: 2, rowGap: 1, flexWrap: "wrap", alignItems: "center", mt: 0.5 }}>
      {words && <bdi>{words}</bdi>}
      {company && <RecordChip plain resource="companies" id={company.id} name={company.name} />}
      {stage && <Chip size="small" variant="outlined" label={stage} />}
      {ownerId && <ColleagueName id={ownerId} avatar />}
      {tags.length > 0 && <TagList tags={tags} most={6} />}
    </Stack>
  );
}
