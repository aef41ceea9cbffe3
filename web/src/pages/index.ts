// Every page of the app. A page area is one line here, a folder beside this file, and a catalogue in each language.
import type { ComponentType, LazyExoticComponent } from "react";
import { contacts } from "./contacts/index.ts";

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

export const pages: readonly Page[] = [...contacts];
