import Tooltip from "@mui/material/Tooltip";
import { useEffect, useState } from "react";
import { formatExact, formatRelative, type Instant } from "../format/dates.ts";
import { usePreferences } from "../preferences/store.ts";

/** "3 hours ago", kept right as time passes; the exact time on hover. */
export function RelativeTime({ value }: { value: Instant }) {
  usePreferences();
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 60_000);
    return () => clearInterval(timer);
  }, []);
  const exact = formatExact(value);
  return (
    <Tooltip title={exact}>
      <time dateTime={new Date(value).toISOString()}>{formatRelative(value, now)}</time>
    </Tooltip>
  );
}
