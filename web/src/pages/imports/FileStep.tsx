import Alert from "@mui/material/Alert";
import Box from "@mui/material/Box";
import Button from "@mui/material/Button";
import Card from "@mui/material/Card";
import Typography from "@mui/material/Typography";
import { useTheme } from "@mui/material/styles";
import { FileUp } from "lucide-react";
import { type DragEvent, useRef, useState } from "react";
import { useText } from "../../i18n/use.ts";
import { Uploading } from "./Uploading.tsx";
import { useUpload } from "./useUpload.ts";

/** Where a file is dropped or chosen, and seen on its way. */
export function FileStep() {
  const t = useText();
  const { tokens } = useTheme();
  const input = useRef<HTMLInputElement>(null);
  const [over, setOver] = useState(false);
  const { upload, start, cancel, problem } = useUpload();
  if (upload) return <Uploading upload={upload} onCancel={cancel} />;
  const drop = (event: DragEvent) => {
    event.preventDefault();
    setOver(false);
    start(event.dataTransfer.files);
  };
  return (
    <>
      {problem && (
        <Alert severity="error" role="alert" sx={{ mb: 4 }}>
          {problem}
        </Alert>
      )}
      <Card
        onDragOver={(event) => {
          event.preventDefault();
          setOver(true);
        }}
        onDragLeave={() => setOver(false)}
        onDrop={drop}
        sx={{
          border: `1.5px dashed ${over ? tokens.accent : tokens.field}`,
          bgcolor: over ? tokens.accentTint : "background.paper",
          boxShadow: "none",
          textAlign: "center",
          px: 4,
          py: { xs: 10, sm: 16 },
        }}
      >
        <Box sx={{ color: tokens.accent, mb: 3 }}>
          <FileUp size={32} strokeWidth={1.5} aria-hidden />
        </Box>
        <Typography variant="h1" component="h2">
          {t("imports.file.drop")}
        </Typography>
        <Typography color="textSecondary" sx={{ mt: 1, mb: 5 }}>
          {t("imports.file.kinds")}
        </Typography>
        <Button variant="contained" size="large" onClick={() => input.current?.click()}>
          {t("imports.file.choose")}
        </Button>
        <input
          ref={input}
          type="file"
          hidden
          aria-label={t("imports.file.choose")}
          accept=".csv,.tsv,.txt,text/csv,text/tab-separated-values,text/plain"
          onChange={(event) => {
            if (event.target.files) start(event.target.files);
            // The same file can be chosen again after it was mended.
            event.target.value = "";
          }}
        />
      </Card>
      <Typography color="textSecondary" sx={{ mt: 4, maxWidth: 640 }}>
        {t("imports.file.promise")}
      </Typography>
    </>
  );
}
