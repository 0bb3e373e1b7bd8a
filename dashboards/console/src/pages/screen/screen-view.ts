import type {
  AskView,
  Bilingual,
  FigureView,
  Mark,
  PanelItemView,
  PanelSeriesView,
  PanelView,
  RunView,
} from '../../../../../gateway/src/demos/run-view.ts'

export type { AskView, Bilingual, FigureView, Mark, PanelItemView, PanelSeriesView, PanelView }

/** What the audience is told of a run: no reasons, no devices, no names of people. */
export type ShownRun = Pick<
  RunView,
  'id' | 'name' | 'state' | 'mark' | 'rehearsal' | 'replay' | 'elapsedS' | 'step' | 'panel' | 'figures' | 'sentence'
> & {
  readonly ask: (AskView & { readonly open?: boolean }) | null
  /** Ids of the figures of the result. */
  readonly shown?: readonly string[]
}

/** One event of a screen’s stream: everything it shows, whole. */
export interface ScreenView {
  readonly name: string
  readonly hall: { readonly id: string; readonly name: string }
  /** Clock of the gateway, Unix ms. */
  readonly at: number
  readonly dark: boolean
  readonly run: ShownRun | null
  readonly attract: {
    readonly panels: readonly PanelView[]
    readonly sentence: Bilingual | null
    readonly dim: boolean
  }
}
