/** What a device is, as the hall sees it. Closed list: the InfluxDB measurement of a reading is its device's kind. */
export const DEVICE_KINDS = {
  kiosk: { zh: '自助终端', en: 'Self-service terminal' },
  printer: { zh: '打印机', en: 'Printer' },
  queue: { zh: '取号机', en: 'Ticket machine' },
  evaluator: { zh: '评价器', en: 'Service evaluator' },
  display: { zh: '显示屏', en: 'Display' },
  network: { zh: '网络设备', en: 'Network device' },
  ups: { zh: '不间断电源', en: 'UPS' },
  meter: { zh: '电表', en: 'Electricity meter' },
  evse: { zh: '充电桩', en: 'EV charger' },
  pv: { zh: '光伏', en: 'Photovoltaics' },
  storage: { zh: '储能', en: 'Battery storage' },
  cooker: { zh: '电炊具', en: 'Cooker' },
  water_heater: { zh: '热水器', en: 'Water heater' },
  heat_pump: { zh: '热泵', en: 'Heat pump' },
  boiler: { zh: '电锅炉', en: 'Electric boiler' },
  hvac: { zh: '空调', en: 'Air conditioner' },
  lamp: { zh: '照明', en: 'Lamp' },
  plug: { zh: '插座', en: 'Plug' },
  meter_water: { zh: '水表', en: 'Water meter' },
  meter_gas: { zh: '燃气表', en: 'Gas meter' },
  env: { zh: '环境', en: 'Room climate' },
  safety: { zh: '安全', en: 'Safety input' },
} as const satisfies Record<string, { zh: string; en: string }>

export type DeviceKind = keyof typeof DEVICE_KINDS

export const deviceKinds = Object.keys(DEVICE_KINDS) as [DeviceKind, ...DeviceKind[]]
