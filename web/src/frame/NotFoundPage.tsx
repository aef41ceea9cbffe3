import Button from "@mui/material/Button";
import { Compass } from "lucide-react";
import { Link } from "react-router";
import { useText } from "../i18n/use.ts";
import { EmptyState } from "../ui/EmptyState.tsx";
import { useTitle } from "./crumbs.ts";
import { openPalette } from "./panels.ts";

export function NotFoundPage() {
  const t = useText();
  useTitle(t("frame.notFound.title"));
  return (
    <EmptyState
      icon={Compass}
      title={t("frame.notFound.title")}
      body={t("frame.notFound.body")}
      action={
        <>
          <Button variant="contained" component={Link} to="/">
            {t("frame.notFound.home")}
          </Button>
          <Button variant="outlined" onClick={openPalette}>
            {t("frame.search")}
          </Button>
        </>
      }
    />
  );
}
