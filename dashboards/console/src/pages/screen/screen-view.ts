/** What a screen is told, as the gateway writes it: no reasons, no devices, no names of people. */
export type { ScreenRun as ShownRun, ScreenView } from '../../../../../gateway/src/big-screens/screen-view.ts'
export type {
  Bilingual,
  FigureView,
  Mark,
  PanelItemView,
  PanelSeriesView,
  PanelView,
} from '../../../../../gateway/src/demos/run-view.ts'
