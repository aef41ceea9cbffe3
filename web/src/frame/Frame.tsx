// Navigation, top bar and the page between them.
import Box from "@mui/material/Box";
import Link from "@mui/material/Link";
import { type ReactNode, Suspense } from "react";
import { ErrorBoundary } from "react-error-boundary";
import { useLocation } from "react-router";
import { useText } from "../i18n/use.ts";
import { PageSkeleton } from "../ui/PageSkeleton.tsx";
import { BottomBar } from "./BottomBar.tsx";
import { FailurePage } from "./FailurePage.tsx";
import { Keyboard } from "./Keyboard.tsx";
import { Navigation } from "./Navigation.tsx";
import { OfflineBanner } from "./OfflineBanner.tsx";
import { Toasts } from "./Toasts.tsx";
import { TopBar } from "./TopBar.tsx";

export const MAIN = "main";

export function Frame({ children }: { children: ReactNode }) {
  const t = useText();
  const { pathname } = useLocation();
  return (
    <Box sx={{ display: "flex", minHeight: "100dvh" }}>
      <Link
        href={`#${MAIN}`}
        onClick={() => document.getElementById(MAIN)?.focus()}
        sx={{
          position: "absolute",
          insetInlineStart: 8,
          insetBlockStart: -60,
          zIndex: 2000,
          p: 2,
          bgcolor: "background.paper",
          "&:focus": { insetBlockStart: 8 },
        }}
      >
        {t("frame.skip")}
      </Link>
      <Navigation />
      <Box sx={{ flex: 1, minWidth: 0, display: "flex", flexDirection: "column" }}>
        <TopBar />
        <OfflineBanner />
        <Box
          component="main"
          id={MAIN}
          tabIndex={-1}
          sx={{
            flex: 1,
            minWidth: 0,
            px: { xs: 4, sm: 6 },
            pt: 4,
            pb: { xs: 24, sm: 8 },
            "&:focus": { outline: "none" },
          }}
        >
          <ErrorBoundary resetKeys={[pathname]} fallbackRender={(failure) => <FailurePage {...failure} />}>
            <Suspense fallback={<PageSkeleton />}>{children}</Suspense>
          </ErrorBoundary>
        </Box>
      </Box>
      <BottomBar />
      <Toasts />
      <Keyboard />
    </Box>
  );
}
