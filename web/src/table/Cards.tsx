import { memo, useRef } from "react";
import { useText } from "../i18n/use.ts";
import { recordPath } from "../ui/paths.ts";
import type { ShapeProps } from "./Grid.tsx";
import { CardList, CardRow } from "./look.ts";
import type { Selected } from "./selection.ts";
import { Tick } from "./Tick.tsx";
import type { TableConfig, TableRecord } from "./types.ts";
import { useFollow } from "./useFollow.ts";

/** Milliseconds after which a press selects. */
const LONG_PRESS = 500;

/** The table at telephone width: a card each, with three facts. A tap opens it, a long press selects it. */
export function Cards<R extends TableRecord>({ config, rows, selected, busy }: ShapeProps<R>) {
  const t = useText();
  return (
    <CardList aria-label={t(config.title)} aria-busy={busy} onClick={useFollow()}>
      {rows.map((record, at) => (
        <RecordCard
          key={at}
          config={config}
          record={record}
          on={selected.has(record.id)}
          toggle={selected.toggle}
        />
      ))}
    </CardList>
  );
}

interface Props<R extends TableRecord> {
  config: TableConfig<R>;
  record: R;
  on: boolean;
  toggle: Selected["toggle"];
}

function OneCard<R extends TableRecord>({ config, record, on, toggle }: Props<R>) {
  const t = useText();
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const pressed = useRef(false);
  const name = config.nameOf(record);
  const { about, facts } = config.card(record);
  const begin = () => {
    pressed.current = false;
    timer.current = setTimeout(() => {
      pressed.current = true;
      toggle(record.id);
    }, LONG_PRESS);
  };
  const end = () => clearTimeout(timer.current);
  return (
    <CardRow
      data-on={on}
      onPointerDown={begin}
      onPointerUp={end}
      onPointerCancel={end}
      onPointerMove={(event) => Math.abs(event.movementY) > 4 && end()}
      onContextMenu={(event) => pressed.current && event.preventDefault()}
    >
      <Tick label={t("table.select.one", { name })} checked={on} onChange={() => toggle(record.id)} />
      <div className="body">
        <a
          className="link whole-card"
          href={recordPath(config.resource, record.id)}
          onClick={(event) => pressed.current && event.preventDefault()}
        >
          <bdi>{name}</bdi>
        </a>
        <div className="about">{about}</div>
        <div className="facts">
          {facts.map((fact, at) => (
            <div key={at}>{fact}</div>
          ))}
        </div>
      </div>
    </CardRow>
  );
}

const RecordCard = memo(OneCard) as typeof OneCard;
