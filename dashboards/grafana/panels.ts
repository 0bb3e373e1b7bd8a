import { PanelBuilder as BarChart } from '@grafana/grafana-foundation-sdk/barchart'
import { PanelBuilder as BarGauge } from '@grafana/grafana-foundation-sdk/bargauge'
import {
  BarGaugeDisplayMode,
  BigValueColorMode,
  BigValueGraphMode,
  GraphDrawStyle,
  LegendDisplayMode,
  LegendPlacement,
  ReduceDataOptionsBuilder,
  StackingConfigBuilder,
  StackingMode,
  VizLegendOptionsBuilder,
  VizOrientation,
} from '@grafana/grafana-foundation-sdk/common'
import {
  FieldColorBuilder,
  FieldColorModeId,
  MappingType,
  type Panel,
  ThresholdsConfigBuilder,
  ThresholdsMode,
} from '@grafana/grafana-foundation-sdk/dashboard'
import { PanelBuilder as Stat } from '@grafana/grafana-foundation-sdk/stat'
import { PanelBuilder as StateTimeline } from '@grafana/grafana-foundation-sdk/statetimeline'
import { PanelBuilder as Table } from '@grafana/grafana-foundation-sdk/table'
import { PanelBuilder as TimeSeries } from '@grafana/grafana-foundation-sdk/timeseries'
import { columnsOf } from './columns.ts'
import { DATASOURCE, type InfluxQlQuery } from './influxql.ts'
import { DATA_LINKS, type DataLinkName } from './links.ts'
import { THRESHOLDS, type ThresholdName } from './thresholds.ts'
import { DECIMALS } from './units.ts'

/** How a panel shows its rows. `stat`: one number; `bars`: one bar per series; `lines`, `stacked`, `columns`: over time; `ranking`: sorted bars of a table. */
type Look = 'stat' | 'bars' | 'lines' | 'stacked' | 'columns' | 'ranking' | 'table' | 'states'

/** One panel as a board states it. */
export interface PanelSpec {
  /** Never reused: links and the check name it. */
  readonly id: number
  readonly look: Look
  readonly zh: string
  readonly en: string
  /** What is shown and how it is computed, in both languages. */
  readonly tells: string
  /** x, y, width, height; 24 columns. */
  readonly at: readonly [x: number, y: number, w: number, h: number]
  readonly queries: readonly InfluxQlQuery[]
  readonly unit?: string
  readonly thresholds?: ThresholdName
  readonly links?: DataLinkName
  /** Words for values, for states. */
  readonly words?: Readonly<Record<string, { readonly text: string; readonly color?: string }>>
  /** Smallest bucket of `$__interval`. */
  readonly interval?: string
  readonly max?: number
  /** Tables whose rows are of an instant. */
  readonly timed?: true
}

const BUILDERS = {
  stat: () => new Stat().graphMode(BigValueGraphMode.None).colorMode(BigValueColorMode.Value).reduceOptions(newest()),
  bars: () =>
    new BarGauge()
      .orientation(VizOrientation.Horizontal)
      .displayMode(BarGaugeDisplayMode.Basic)
      .reduceOptions(newest())
      .min(0),
  lines: () => new TimeSeries().legend(below()).fillOpacity(8).lineWidth(1).spanNulls(false),
  stacked: () =>
    new TimeSeries()
      .legend(below())
      .fillOpacity(30)
      .stacking(new StackingConfigBuilder().mode(StackingMode.Normal).group('A')),
  columns: () =>
    new TimeSeries()
      .legend(below())
      .drawStyle(GraphDrawStyle.Bars)
      .fillOpacity(60)
      .stacking(new StackingConfigBuilder().mode(StackingMode.Normal).group('A')),
  ranking: () =>
    new BarChart()
      .orientation(VizOrientation.Horizontal)
      .withTransformation({ id: 'sortBy', options: { sort: [{ field: 'n', desc: true }] } })
      .min(0),
  table: () => new Table(),
  states: () => new StateTimeline().fillOpacity(70),
}

const newest = () => new ReduceDataOptionsBuilder().calcs(['lastNotNull']).values(false)
const below = () =>
  new VizLegendOptionsBuilder()
    .showLegend(true)
    .displayMode(LegendDisplayMode.List)
    .placement(LegendPlacement.Bottom)
    .calcs([])

export function panelOf(spec: PanelSpec): Panel {
  const { look, unit, thresholds, links, words } = spec
  const [x, y, w, h] = spec.at
  const panel = BUILDERS[look]()
    .id(spec.id)
    .title(spec.zh)
    .description(`${spec.en}. ${spec.tells}`)
    .datasource(DATASOURCE)
    .gridPos({ x, y, w, h })
    .noValue('—')
    .targets(spec.queries.map((query, index) => query.refId(String.fromCharCode(65 + index))))
  if (unit !== undefined) panel.unit(unit)
  if (unit !== undefined && DECIMALS[unit] !== undefined) panel.decimals(DECIMALS[unit])
  if (spec.max !== undefined) panel.max(spec.max)
  panel.interval(spec.interval ?? '1m')
  const steps = THRESHOLDS[thresholds ?? 'none'].map(([value, color]) => ({ value, color }))
  panel.thresholds(new ThresholdsConfigBuilder().mode(ThresholdsMode.Absolute).steps(steps))
  if (look === 'table' || look === 'ranking') {
    for (const [column, shown] of columnsOf(spec.queries.map((query) => query.build().query)))
      panel.overrideByName(column, shown)
    // The time of a summary is that of nothing.
    if (!spec.timed) panel.withTransformation({ id: 'organize', options: { excludeByName: { Time: true } } })
  }
  const overTime = look === 'lines' || look === 'stacked' || look === 'columns'
  panel.colorScheme(
    new FieldColorBuilder().mode(overTime ? FieldColorModeId.PaletteClassicByName : FieldColorModeId.Thresholds),
  )
  // A stat shows numbers only, unless it is told which fields.
  if (words && panel instanceof Stat) panel.reduceOptions(newest().fields('/^(?!Time$)/'))
  if (words) panel.mappings([{ type: MappingType.ValueToText, options: { ...words } }])
  const built = panel.build()
  // Grafana wants less of a link on a value than the SDK's type says.
  if (links && built.fieldConfig) Object.assign(built.fieldConfig.defaults, { links: [...DATA_LINKS[links]] })
  return built
}
