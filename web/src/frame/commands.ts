// What the palette can do besides searching.
import { CircleHelp, CodeXml, type LucideIcon, LogOut, Moon, Sun } from "lucide-react";
import { useText } from "../i18n/use.ts";
import { useChoose } from "../preferences/useChoose.ts";
import { signOut } from "../session/store.ts";
import { openKeys } from "./panels.ts";
import { usePlaces } from "./places.ts";

export interface Command {
  id: string;
  name: string;
  about?: string;
  icon: LucideIcon;
  /** Where it leads; else `run` is done. */
  path?: string;
  run?: () => void;
}

/** The commands whose name holds every word typed. */
export function useCommands(query: string): Command[] {
  const t = useText();
  const choose = useChoose();
  const places = usePlaces().map(({ name, path, icon }): Command => ({
    id: path,
    name: t("frame.palette.go", { place: t(name) }),
    icon,
    path,
  }));
  const others: Command[] = [
    { id: "light", name: t("frame.palette.light"), icon: Sun, run: () => choose({ theme: "light" }) },
    { id: "dark", name: t("frame.palette.dark"), icon: Moon, run: () => choose({ theme: "dark" }) },
    { id: "keys", name: t("frame.keys.title"), icon: CircleHelp, run: openKeys },
    {
      id: "api",
      name: t("frame.api"),
      icon: CodeXml,
      run: () => window.open("/docs", "_blank", "noreferrer"),
    },
    { id: "signOut", name: t("frame.signOut"), icon: LogOut, run: () => void signOut() },
  ];
  const words = query.toLocaleLowerCase().split(/\s+/).filter(Boolean);
  return [...places, ...others].filter(({ name }) =>
    words.every((word) => name.toLocaleLowerCase().includes(word)),
  );
}
