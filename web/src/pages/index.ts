// Every page of the app, found by itself: an area is a folder beside this file whose index.ts exports `area`, with a
// catalogue of its name in each language.
import type { LucideIcon } from "lucide-react";
import type { ComponentType, LazyExoticComponent } from "react";

type View = LazyExoticComponent<ComponentType>;

/** Pages of a resource of api/resources.ts: /contacts (list), /contacts/create, /contacts/:id (record). */
export interface ResourcePage {
  name: string;
  list?: View;
  create?: View;
  record?: View;
  path?: undefined;
}

/** A page at an address of its own: "/settings/profile". */
export interface OwnPage {
  path: string;
  component: View;
}

export type Page = ResourcePage | OwnPage;

/** Where one can go: an entry of the navigation, of the palette, and of the keys. */
export interface Place {
  /** Key of its name: "contacts.title". */
  name: string;
  path: string;
  icon: LucideIcon;
  /** The right without which it is not shown: object and action. */
  needs?: readonly [string, string];
  /** After g, this letter leads there. */
  letter: string;
  /** main: where one works; last: at the navigation's end; me: in the menu of one's own account. */
  where: "main" | "last" | "me";
  /** Ascending within its part; steps of ten leave room. */
  order: number;
}

export interface Area {
  pages: readonly Page[];
  places: readonly Place[];
}

const areas = Object.values(import.meta.glob<Area>("./*/index.ts", { eager: true, import: "area" }));

export const pages: readonly Page[] = areas.flatMap((area) => area.pages);
export const places: readonly Place[] = areas
  .flatMap((area) => area.places)
  .sort((one, other) => one.order - other.order);
