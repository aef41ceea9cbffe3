// Counts down the seconds until another try makes sense.
import { useEffect, useState } from "react";

export function useWait(): { seconds: number; start: (seconds: number) => void } {
  const [until, setUntil] = useState(0);
  const [now, setNow] = useState(0);
  useEffect(() => {
    if (until <= now) return undefined;
    const timer = setTimeout(() => setNow(Date.now()), 1000);
    return () => clearTimeout(timer);
  }, [until, now]);
  const start = (seconds: number) => {
    const at = Date.now();
    setNow(at);
    setUntil(at + Math.ceil(seconds) * 1000);
  };
  return { seconds: Math.max(0, Math.ceil((until - now) / 1000)), start };
}
