import {
  type Dashboard,
  DashboardBuilder,
  DashboardCursorSync,
  type DashboardLink,
  type VariableModel,
} from '@grafana/grafana-foundation-sdk/dashboard'
import { annotations } from './annotations.ts'
import { TAG, toBoards, toConsole } from './links.ts'
import { type PanelSpec, panelOf } from './panels.ts'
import { consoleAddress, dataSource } from './variables.ts'

/** The schema of Grafana 12, which the compose file pins; newer releases migrate it by themselves. */
export const SCHEMA_VERSION = 42

/** One board: a question, and the panels that answer it, the answer first. */
export interface BoardSpec {
  /** Part of addresses: never changes. The file is called the same. */
  readonly uid: string
  readonly zh: string
  readonly en: string
  /** The question it answers on its first screen. */
  readonly question: { readonly zh: string; readonly en: string }
  /** Time range when it opens. */
  readonly range: string
  readonly refresh: string
  readonly variables: readonly { build(): VariableModel }[]
  readonly panels: readonly PanelSpec[]
}

export function boardOf(spec: BoardSpec): Dashboard {
  const board = new DashboardBuilder(`${spec.zh} · ${spec.en}`)
    .uid(spec.uid)
    .description(`${spec.question.zh} ${spec.question.en}`)
    .tags([TAG])
    .timezone('Asia/Shanghai')
    .time({ from: spec.range, to: 'now' })
    .refresh(spec.refresh)
    .tooltip(DashboardCursorSync.Crosshair)
    .variables([dataSource(), ...spec.variables, consoleAddress()])
    .links([toBoards(), toConsole()])
    .editable()
    .build()
  return {
    ...board,
    schemaVersion: SCHEMA_VERSION,
    annotations: { list: annotations() },
    links: (board.links ?? []).map(inTheBar),
    panels: spec.panels.map(panelOf),
  }
}

/** The SDK puts links into a menu that nobody opens; without a placement they stand at the top of the board. */
function inTheBar({ placement: _, ...link }: DashboardLink): DashboardLink {
  return link
}
