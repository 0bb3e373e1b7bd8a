import type {
  Bilingual,
  FigureView,
  PanelItemView,
  PanelView,
  ScreenView,
  ShownRun,
} from '../src/pages/screen/screen-view.ts'

/** What a gateway would tell a big screen: one panel of every kind, with the check values of the scenarios. */

const both = (zh: string, en: string): Bilingual => ({ zh, en })

const item = (
  id: string,
  zh: string,
  en: string,
  value: number | null,
  unit: string,
  more: Partial<PanelItemView> = {},
): PanelItemView => ({
  id,
  label: both(zh, en),
  value,
  unit,
  mark: 'live',
  ...more,
})

const panel = (kind: PanelView['kind'], zh: string, en: string, more: Partial<PanelView> = {}): PanelView => ({
  id: kind,
  kind,
  title: both(zh, en),
  sorted: false,
  items: [],
  series: [],
  sentences: [],
  mark: 'live',
  ...more,
})

const ramp = (seconds: number, value: (s: number) => number): readonly (readonly [number, number])[] =>
  Array.from({ length: Math.floor(seconds / 2) + 1 }, (_, i) => [i * 2, value(i * 2)] as const)

const PRICES = Array.from({ length: 24 }, (_, hour) => (hour < 8 || hour >= 22 ? 0.288 : hour >= 17 ? 0.568 : 0.538))

export const PANELS: Readonly<Record<PanelView['kind'], PanelView>> = {
  flow: panel('flow', '此刻的电', 'Power, this moment', {
    sentence: both('此刻 31.9% 来自屋顶', '31.9% comes from the roof right now'),
    items: [
      item('grid', '电网', 'Grid', 3200, 'W'),
      item('pv', '屋顶', 'Roof', 1500, 'W'),
      item('battery', '电池', 'Battery', -420, 'W'),
      item('zone0', '体验区', 'Experience zone', 1900, 'W'),
      item('zone1', '自助服务区', 'Self-service area', 1300, 'W'),
      item('evse', '充电桩', 'Charger', 1400, 'W'),
      item('rest', '未计量', 'Not metered', 12, 'W'),
    ],
  }),
  bars: panel('bars', '谁最费电', 'Who needs most', {
    sorted: true,
    items: [
      item('lamp', '台灯', 'Lamp', 6, 'W'),
      item('kettle', '水壶', 'Kettle', 1800, 'W', { on: true }),
      item('tv', '电视', 'Television', 92, 'W'),
      item('dryer', '吹风机', 'Hair dryer', 1210, 'W'),
      item('fridge', '冰箱', 'Fridge', 64, 'W', { lost: true }),
      item('charger', '手机充电器', 'Phone charger', null, 'W'),
    ],
  }),
  race: panel('race', '谁先到？', 'Who gets there first?', {
    items: [
      item('induction', '电磁炉', 'Induction hob', 95, '°C', {
        digits: 0,
        target: 95,
        done: true,
        note: both('用时 3:08', 'took 3:08'),
      }),
      item('ceramic', '电陶炉', 'Ceramic hob', 82, '°C', { digits: 0, target: 95 }),
    ],
  }),
  blocks: panel('blocks', '一份电，几份热', 'One in, how many out', {
    items: [
      item('in', '用电', 'Electricity', 0.69, 'kW', { digits: 2 }),
      item('out', '热', 'Heat', 2.512, 'kW', { digits: 2 }),
      item('cop', '倍数', 'Times', 3.64, '', { digits: 2 }),
      item('ambient', '室外', 'Outdoors', 7.2, '°C'),
    ],
  }),
  curves: panel('curves', '水温', 'Water temperature', {
    series: [
      {
        id: 'induction',
        label: both('电磁炉', 'Induction hob'),
        unit: '°C',
        mark: 'live',
        points: ramp(188, (s) => 20 + s * 0.398),
      },
      {
        id: 'ceramic',
        label: both('电陶炉', 'Ceramic hob'),
        unit: '°C',
        mark: 'replay',
        points: ramp(222, (s) => 20 + s * 0.336),
      },
      {
        id: 'power',
        label: both('功率', 'Power'),
        unit: 'W',
        mark: 'live',
        points: ramp(222, (s) => (s > 100 && s < 130 ? 0 : 1900 + 40 * Math.sin(s))),
      },
    ],
    items: [
      item('induction', '电磁炉', 'Induction hob', 94.9, '°C'),
      item('ceramic', '电陶炉', 'Ceramic hob', 82.1, '°C'),
    ],
  }),
  ring: panel('ring', '一天的电价', 'A day of prices', {
    mark: 'simulated',
    series: [
      {
        id: 'price',
        label: both('电价', 'Price'),
        unit: 'yuan/kWh',
        mark: 'simulated',
        points: PRICES.map((price, hour) => [hour, price] as const),
      },
    ],
    items: [
      item('washer', '洗衣', 'Washing', null, '', { at: 19, hours: 2, mark: 'simulated' }),
      item('tank', '热水', 'Hot water', null, '', { at: 20, hours: 3, mark: 'simulated' }),
      item('car', '充电', 'Charging', null, '', { at: 22, hours: 7, mark: 'simulated' }),
      item('now', '现在', 'Now', null, '', { at: 14.5, mark: 'simulated' }),
      item('bill', '这一天', 'This day', 6.42, 'yuan', { mark: 'simulated' }),
      item('before', '原来', 'Before', 9.87, 'yuan', { mark: 'simulated' }),
    ],
  }),
  stairs: panel('stairs', '三级台阶', 'Three steps', {
    mark: 'simulated',
    items: [
      item('step1', '第一级', 'First step', 240, 'kWh', { target: 0.4883, mark: 'simulated' }),
      item('step2', '第二级', 'Second step', 400, 'kWh', { target: 0.5383, mark: 'simulated' }),
      item('step3', '第三级', 'Third step', null, 'kWh', { target: 0.7883, mark: 'simulated' }),
      item('marker', '你家', 'Your home', 450, 'kWh', { mark: 'simulated' }),
      item('bill', '一个月', 'A month', 242.735, 'yuan', { mark: 'simulated' }),
      item('left', '这一级还剩', 'Left on this step', null, 'kWh', { mark: 'simulated' }),
    ],
  }),
  meter: panel('meter', '电表看见什么', 'What the meter sees', {
    items: [
      item('u', '电压', 'Voltage', 221.4, 'V', { note: both('推电走的劲', 'the push') }),
      item('i', '电流', 'Current', 8.26, 'A', { note: both('走了多少', 'how much flows') }),
      item('p', '功率', 'Power', 1823, 'W', { note: both('现在用得多快', 'how fast it is used') }),
      item('pf', '功率因数', 'Power factor', 0.997, '', { digits: 3 }),
      item('f', '频率', 'Frequency', 50.01, 'Hz'),
      item('e', '总电量', 'Register', 4127.35, 'kWh', { digits: 2 }),
    ],
  }),
  gauge: panel('gauge', '误差', 'Error', {
    items: [
      item('needle', '误差', 'Error', 0.7, '%', { digits: 2, min: -4, max: 4, bandMin: -2, bandMax: 2 }),
      item('mean', '平均', 'Mean', 0.68, '%', { digits: 2 }),
      item('spread', '分散', 'Spread', 0.05, '%', { digits: 2 }),
      item('rounds', '次数', 'Rounds', 3, ''),
    ],
  }),
  glass: panel('glass', '一杯不溢', 'A glass that never spills', {
    items: [
      item('level', '合计', 'Total', 9900, 'W', { max: 10_000 }),
      item('home', '家里其他', 'Rest of the home', 2600, 'W'),
      item('kettle', '水壶', 'Kettle', 1800, 'W'),
      item('evse', '充电桩', 'Charger', 5500, 'W'),
      item('current', '充电电流', 'Charging current', 25, 'A', { digits: 0 }),
    ],
  }),
  road: panel('road', '能跑多远', 'How far', {
    items: [
      item('distance', '里程', 'Distance', 7.8, 'km', { digits: 1, max: 10 }),
      item('valley', '家里谷电', 'Home, valley', 4.32, 'yuan', { note: both('每百公里', 'per 100 km') }),
      item('flat', '家里平电', 'Home, flat', 8.07, 'yuan', { note: both('每百公里', 'per 100 km') }),
      item('public', '公共快充', 'Public, peak', 27.07, 'yuan', { note: both('每百公里', 'per 100 km') }),
      item('petrol', '汽油', 'Petrol', 57.96, 'yuan', { mark: 'simulated', note: both('每百公里', 'per 100 km') }),
    ],
  }),
  house: panel('house', '离家', 'Leaving home', {
    items: [
      item('living', '客厅灯', 'Living room', 36, 'W', { on: true }),
      item('bedroom', '卧室灯', 'Bedroom', 0, 'W', { on: false }),
      item('tv', '电视', 'Television', 92, 'W', { on: true }),
      item('ac', '风扇', 'Fan', 0, 'W', { on: false }),
      item('curtain', '窗帘', 'Curtain', null, '', {
        on: false,
        note: both('没有回应', 'does not answer'),
        lost: true,
      }),
      item('fridge', '冰箱', 'Fridge', 58, 'W', { on: true, note: both('从不断电', 'never off') }),
    ],
  }),
  tank: panel('tank', '夜里存的热', 'Heat stored at night', {
    items: [
      item('top', '上部', 'Top', 74.2, '°C'),
      item('middle', '中部', 'Middle', 55.1, '°C'),
      item('bottom', '下部', 'Bottom', 33.4, '°C'),
      item('stored', '存下的热', 'Heat stored', 8.139, 'kWh'),
      item('peak', '按峰价', 'At peak', 4.62, 'yuan'),
      item('valley', '按谷价', 'At valley', 2.34, 'yuan'),
    ],
  }),
  triangle: panel('triangle', '三角形变平', 'The triangle folds', {
    items: [
      item('p', '有功', 'Real', 750, 'W'),
      item('q', '无功', 'Reactive', 949, 'var'),
      item('s', '视在', 'Apparent', 1210, 'VA', { max: 1300 }),
      item('i', '电流', 'Current', 5.5, 'A'),
      item('pf', '功率因数', 'Power factor', 0.62, '', { digits: 2 }),
    ],
  }),
  cup: panel('cup', '一杯热水', 'A hot cup', {
    items: [
      item('heat', '热量', 'Heat', 4.1, 'Wh', { digits: 1, max: 22.6 }),
      item('power', '现在', 'Now', 80, 'W'),
      item('minutes', '烧一杯还要', 'Still to go', 13.9, 'min', { digits: 1 }),
    ],
  }),
  numbers: panel('numbers', '少排了多少', 'What is not emitted', {
    items: [
      item('pv', '屋顶此刻', 'Roof now', 1500, 'W'),
      item('co2', '一小时少排', 'Avoided in an hour', 0.796, 'kgCO2', { digits: 2 }),
      item('share', '屋顶的份额', 'Share of the roof', 31.9, '%', { digits: 1 }),
    ],
  }),
  sentences: panel('sentences', '记住三句', 'Three things to keep', {
    sentences: [
      both('插线板别接大功率电器', 'No large loads on a power strip'),
      both('漏电保护器每月按一次试验键', 'Press the test button of the RCD once a month'),
      both('湿手不碰开关', 'Never touch a switch with wet hands'),
    ],
  }),
}

export const figure = (
  id: string,
  zh: string,
  en: string,
  value: number | null,
  unit: string,
  more: Partial<FigureView> = {},
): FigureView => ({
  id,
  name: both(zh, en),
  value,
  unit,
  marks: ['live'],
  complete: true,
  facts: [],
  ...more,
})

const FIGURES: readonly FigureView[] = [
  figure('saving', '电磁炉省', 'Induction saves', 15.7, '%', { digits: 1 }),
  figure('less', '少用', 'Less by', 18.5, 'Wh'),
  figure('cost', '便宜', 'Cheaper by', 0.0099, 'yuan', { facts: ['zhejiang-household-tou', 'ef.grid.central.2023'] }),
]

/** A run under way that shows this panel. */
export const runOf = (shown: PanelView | null, more: Partial<ShownRun> = {}): ShownRun => ({
  id: 'R1',
  scenario: 'boil-off',
  name: both('一锅水的比赛', 'Boil-off race'),
  state: 'running',
  mark: shown?.mark ?? 'live',
  rehearsal: false,
  startedAt: Date.now() - 60_000,
  elapsedS: 60,
  panel: shown,
  ask: null,
  inputs: [],
  roles: [],
  hot: [],
  figures: FIGURES,
  shown: FIGURES.map(({ id }) => id),
  ...more,
})

/** The same with the mark on everything in it, as the gateway marks a replay or a rehearsal. */
export function marked(shown: PanelView, mark: PanelView['mark']): PanelView {
  return {
    ...shown,
    mark,
    items: shown.items.map((each) => ({ ...each, mark })),
    series: shown.series.map((each) => ({ ...each, mark })),
  }
}

export const viewOf = (run: ShownRun | null, more: Partial<ScreenView> = {}): ScreenView => ({
  name: 'main',
  hall: { id: 'donghu', name: '东湖供电营业厅' },
  at: Date.now(),
  dark: false,
  run,
  attract: {
    panels: [PANELS.flow, PANELS.curves, PANELS.numbers],
    sentence: both('此刻 31.9% 来自屋顶', '31.9% comes from the roof right now'),
    dim: false,
  },
  ...more,
})

export const QUESTION: NonNullable<ShownRun['ask']> = {
  question: both('谁先烧开？谁更省电？', 'Who boils first, and who needs less power?'),
  options: [
    { text: both('电磁炉', 'Induction hob'), guesses: 8 },
    { text: both('电陶炉', 'Ceramic hob'), guesses: 3 },
    { text: both('一样', 'The same'), guesses: 0 },
  ],
  open: true,
}
