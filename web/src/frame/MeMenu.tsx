// Me: who I am, language, theme, keys, API, sign out.
import Box from "@mui/material/Box";
import Divider from "@mui/material/Divider";
import IconButton from "@mui/material/IconButton";
import ListItemText from "@mui/material/ListItemText";
import Menu from "@mui/material/Menu";
import MenuItem from "@mui/material/MenuItem";
import Typography from "@mui/material/Typography";
import { Check, CodeXml, Keyboard, LogOut } from "lucide-react";
import { useNotify } from "ra-core";
import { useState } from "react";
import { Link } from "react-router";
import { describeError } from "../i18n/errors.ts";
import { LANGUAGE_NAMES } from "../i18n/names.ts";
import { useText } from "../i18n/use.ts";
import { LOCALES, type ThemeChoice, usePreferences } from "../preferences/store.ts";
import { useChoose } from "../preferences/useChoose.ts";
import { signOut, useSession } from "../session/store.ts";
import { PersonAvatar } from "../ui/PersonAvatar.tsx";
import { openKeys } from "./panels.ts";
import { usePlaces } from "./places.ts";

const THEMES: readonly ThemeChoice[] = ["system", "light", "dark"];

export function MeMenu() {
  const t = useText();
  const session = useSession();
  const notify = useNotify();
  const [anchor, setAnchor] = useState<HTMLElement | null>(null);
  const user = session.state === "signedIn" ? session.me.user : undefined;
  const close = () => setAnchor(null);
  const leave = () => signOut().catch((error: unknown) => notify(describeError(error), { type: "error" }));
  return (
    <>
      <IconButton
        onClick={(event) => setAnchor(event.currentTarget)}
        aria-label={t("frame.me")}
        aria-haspopup="menu"
        aria-expanded={anchor !== null}
        sx={{ p: 0.5 }}
      >
        <PersonAvatar name={user?.displayName ?? ""} size={28} />
      </IconButton>
      <Menu
        anchorEl={anchor}
        open={anchor !== null}
        onClose={close}
        slotProps={{ paper: { sx: { minWidth: 240 } } }}
      >
        <Box component="li" sx={{ px: 4, py: 2 }}>
          <Typography sx={{ fontWeight: 600 }}>
            <bdi>{user?.displayName}</bdi>
          </Typography>
          <Typography variant="caption" color="textSecondary" component="div">
            <bdi dir="ltr">{user?.email}</bdi>
          </Typography>
        </Box>
        <Divider />
        <MyPlaces onChoose={close} />
        <LanguageItems onChoose={close} />
        <Divider />
        <ThemeItems />
        <Divider />
        <MenuItem
          onClick={() => {
            close();
            openKeys();
          }}
        >
          <Keyboard size={16} /> {t("frame.keys.title")}
        </MenuItem>
        <MenuItem component="a" href="/docs" target="_blank" rel="noreferrer" onClick={close}>
          <CodeXml size={16} /> {t("frame.api")}
        </MenuItem>
        <MenuItem onClick={() => void leave()}>
          <LogOut size={16} className="mirror" /> {t("frame.signOut")}
        </MenuItem>
      </Menu>
    </>
  );
}

function MyPlaces({ onChoose }: { onChoose: () => void }) {
  const t = useText();
  return usePlaces("me").map((place) => (
    <MenuItem key={place.path} component={Link} to={place.path} onClick={onChoose}>
      <place.icon size={16} /> {t(place.name)}
    </MenuItem>
  ));
}

// The page turns round under a menu that would stay: choosing closes it.
function LanguageItems({ onChoose }: { onChoose: () => void }) {
  const choose = useChoose();
  const { locale } = usePreferences();
  return LOCALES.map((one) => (
    <MenuItem
      key={one}
      role="menuitemradio"
      aria-checked={one === locale}
      lang={one}
      onClick={() => {
        onChoose();
        choose({ locale: one });
      }}
    >
      <ListItemText>
        <bdi>{LANGUAGE_NAMES[one]}</bdi>
      </ListItemText>
      {one === locale && <Check size={16} aria-hidden />}
    </MenuItem>
  ));
}

function ThemeItems() {
  const t = useText();
  const choose = useChoose();
  const { theme } = usePreferences();
  return THEMES.map((one) => (
    <MenuItem
      key={one}
      role="menuitemradio"
      aria-checked={one === theme}
      onClick={() => choose({ theme: one })}
    >
      <ListItemText>{t(`frame.theme.${one}`)}</ListItemText>
      {one === theme && <Check size={16} aria-hidden />}
    </MenuItem>
  ));
}
