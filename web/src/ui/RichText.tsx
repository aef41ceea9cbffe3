// A text whose values are elements, so that the language decides where they stand.
import { Fragment, type ReactNode } from "react";
import { useText } from "../i18n/use.ts";

// Of the private use area: no text holds them.
const BEGIN = "\uE000";
const END = "\uE001";
const MARKED = new RegExp(`${BEGIN}(\\w+)${END}`);

interface Props {
  /** "table.sentence.any.is" */
  text: string;
  /** By the name they have in the text. */
  values: Readonly<Record<string, ReactNode>>;
}

export function RichText({ text, values }: Props) {
  const t = useText();
  const marks = Object.fromEntries(Object.keys(values).map((name) => [name, `${BEGIN}${name}${END}`]));
  // Between two pieces of text always stands the name of a value.
  return t(text, marks)
    .split(MARKED)
    .map((piece, at) => <Fragment key={at}>{at % 2 ? values[piece] : piece}</Fragment>);
}
