import { useEffect, useRef, useState } from "react";
import { useNavigate } from "react-router";
import { LARGEST_FILE, uploadFile } from "../../api/imports.ts";
import { describeError } from "../../i18n/errors.ts";
import { useText } from "../../i18n/use.ts";

export interface Upload {
  filename: string;
  size: number;
  sent: number;
}

interface Uploads {
  /** The file on its way. */
  upload: Upload | undefined;
  /** Why the last one did not arrive. */
  problem: string;
  start: (files: FileList) => void;
  cancel: () => void;
}

/** Sends one file at a time, and goes to the next step when it has arrived. */
export function useUpload(): Uploads {
  const t = useText();
  const navigate = useNavigate();
  const running = useRef<AbortController>(undefined);
  const [upload, setUpload] = useState<Upload>();
  const [problem, setProblem] = useState("");
  useEffect(() => () => running.current?.abort(), []);

  const send = async (file: File) => {
    const control = new AbortController();
    running.current = control;
    setProblem("");
    setUpload({ filename: file.name, size: file.size, sent: 0 });
    try {
      const stored = await uploadFile(
        file,
        (sent) => setUpload({ filename: file.name, size: file.size, sent: Math.min(sent, file.size) }),
        control.signal,
      );
      setUpload(undefined);
      void navigate(
        `/imports/create?${new URLSearchParams({ file: stored.id, name: stored.filename }).toString()}`,
      );
    } catch (error) {
      if (running.current !== control) return;
      setUpload(undefined);
      if (!control.signal.aborted) setProblem(describeError(error));
    }
  };

  const start = (files: FileList) => {
    const [file] = files;
    if (!file || upload) return;
    if (files.length > 1) setProblem(t("imports.file.one"));
    else if (!file.size) setProblem(t("errors.FILE_EMPTY"));
    else if (file.size > LARGEST_FILE) setProblem(t("errors.FILE_TOO_LARGE"));
    else if (/\.(xlsx?|xlsm|ods|numbers|pdf|zip)$/i.test(file.name)) setProblem(t("errors.FILE_NOT_TEXT"));
    else void send(file);
  };

  return { upload, problem, start, cancel: () => running.current?.abort() };
}
