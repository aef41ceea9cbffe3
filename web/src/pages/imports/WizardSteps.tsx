import Box from "@mui/material/Box";
import Stack from "@mui/material/Stack";
import { useTheme } from "@mui/material/styles";
import { Check } from "lucide-react";
import { formatNumber } from "../../format/numbers.ts";
import { useText } from "../../i18n/use.ts";

const STEPS = ["file", "check", "try", "import"] as const;
export type Step = (typeof STEPS)[number];

/** Where one is on the way; at telephone width only the present step is named. */
export function WizardSteps({ current, finished = false }: { current: Step; finished?: boolean }) {
  const t = useText();
  const { tokens } = useTheme();
  const place = STEPS.indexOf(current);
  return (
    <Stack
      component="ol"
      direction="row"
      aria-label={t("imports.steps.label")}
      sx={{ listStyle: "none", p: 0, m: 0, mb: 4, gap: { xs: 2, sm: 3 }, alignItems: "center" }}
    >
      {STEPS.map((step, index) => {
        const done = index < place || finished;
        const here = index === place;
        return (
          <Box
            component="li"
            key={step}
            aria-current={here ? "step" : undefined}
            sx={{
              display: "flex",
              alignItems: "center",
              gap: 2,
              color: here ? tokens.ink : tokens.soft,
              fontWeight: here ? 600 : 400,
              "&:not(:last-child)::after": {
                content: '""',
                width: { xs: 12, sm: 24 },
                borderBlockStart: `1px solid ${tokens.field}`,
                marginInlineStart: { sm: 1 },
              },
            }}
          >
            <Box
              aria-hidden
              sx={{
                width: 24,
                height: 24,
                flexShrink: 0,
                borderRadius: "50%",
                display: "grid",
                placeItems: "center",
                fontSize: 12,
                fontWeight: 600,
                bgcolor: here && !finished ? tokens.accent : done ? tokens.accentTint : tokens.tint,
                color: here && !finished ? tokens.accentInk : done ? tokens.accent : tokens.soft,
              }}
            >
              {done ? <Check size={14} /> : formatNumber(index + 1)}
            </Box>
            <Box
              component="span"
              sx={
                here
                  ? {}
                  : {
                      // Still read out at telephone width.
                      "@media (max-width: 599.95px)": {
                        position: "absolute",
                        clipPath: "inset(50%)",
                        width: "1px",
                        height: "1px",
                        overflow: "hidden",
                      },
                    }
              }
            >
              {t(`imports.steps.${step}`)}
            </Box>
          </Box>
        );
      })}
    </Stack>
  );
}
