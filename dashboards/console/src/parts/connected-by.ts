/** What a profile speaks, as people in the trade call it in either language. */
export const CONNECTED_BY = {
  modbus: 'Modbus',
  dlt645: 'DL/T 645',
  mqtt: 'MQTT',
  snmp: 'SNMP',
  probe: 'TCP / HTTP',
  scrape: 'Prometheus',
  signature: 'W',
  ocpp: 'OCPP 1.6',
} as const

type Connection =
  | { readonly via: 'modbus'; readonly link: string; readonly unitId: number }
  | { readonly via: 'dlt645'; readonly link: string; readonly meter: string }
  | { readonly via: keyof typeof OTHERS }

const OTHERS = { mqtt: 'MQTT', asked: 'SNMP / HTTP', power: 'W', ocpp: 'OCPP 1.6' } as const

/** How one device is reached; '' while it is not known. */
export function connectionText(connection: Connection | undefined): string {
  if (!connection) return ''
  if (connection.via === 'modbus') return `Modbus ${connection.link} / ${connection.unitId}`
  if (connection.via === 'dlt645') return `DL/T 645 ${connection.link} / ${connection.meter}`
  return OTHERS[connection.via]
}
