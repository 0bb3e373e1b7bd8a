import type { DeviceKind } from './device-kind.ts'

/** What a customer comes to the hall to do at a device. Priority depends on how many units are left that can do it. */
export const CAPABILITIES = {
  'pay-cash': { zh: '现金缴费', en: 'pay in cash' },
  'pay-qr': { zh: '扫码缴费', en: 'pay by QR code' },
  'pay-card': { zh: '刷卡缴费', en: 'pay by card' },
  'give-change': { zh: '找零', en: 'get change' },
  'print-receipt': { zh: '打印凭条', en: 'print a receipt' },
  'print-invoice': { zh: '打印发票', en: 'print an invoice' },
  'top-up-card': { zh: '购电卡充值', en: 'top up a meter card' },
  'verify-id': { zh: '刷身份证', en: 'identify with an ID card' },
  'take-number': { zh: '取号', en: 'take a number' },
  'call-number': { zh: '叫号', en: 'be called' },
  'rate-service': { zh: '评价服务', en: 'rate the service' },
  'charge-ev': { zh: '电动汽车充电', en: 'charge a car' },
  'watch-demo': { zh: '观看用电演示', en: 'see a demonstration' },
} as const satisfies Record<string, { zh: string; en: string }>

export type Capability = keyof typeof CAPABILITIES

/** Everything a self-service terminal does: what is lost with the whole unit. */
const TERMINAL_CAPABILITIES: readonly Capability[] = [
  'pay-cash',
  'pay-qr',
  'pay-card',
  'give-change',
  'print-receipt',
  'print-invoice',
  'top-up-card',
  'verify-id',
]

const BY_KIND: Partial<Record<DeviceKind, readonly Capability[]>> = {
  kiosk: TERMINAL_CAPABILITIES,
  printer: ['print-receipt', 'print-invoice'],
  queue: ['take-number'],
  display: ['call-number'],
  evaluator: ['rate-service'],
  evse: ['charge-ev'],
  plug: ['watch-demo'],
  cooker: ['watch-demo'],
  water_heater: ['watch-demo'],
  heat_pump: ['watch-demo'],
  boiler: ['watch-demo'],
  hvac: ['watch-demo'],
  lamp: ['watch-demo'],
}

/** What a device of this kind does for customers while it is healthy. */
export const capabilitiesOf = (kind: DeviceKind): readonly Capability[] => BY_KIND[kind] ?? []
