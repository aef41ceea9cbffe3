import Button from "@mui/material/Button";
import { Plus } from "lucide-react";
import { useResourceDefinitions } from "ra-core";
import { Link } from "react-router";
import { useText } from "../i18n/use.ts";
import { useMay } from "../session/rights.ts";
import { createPath } from "../ui/paths.ts";

/** Leads to the page where a record is made, for who may. */
export function CreateButton({ resource, object, text }: { resource: string; object: string; text: string }) {
  const t = useText();
  const may = useMay();
  const there = useResourceDefinitions()[resource]?.hasCreate;
  if (!there || !may(object, "create")) return null;
  return (
    <Button variant="contained" component={Link} to={createPath(resource)} startIcon={<Plus size={16} />}>
      {t(text)}
    </Button>
  );
}
