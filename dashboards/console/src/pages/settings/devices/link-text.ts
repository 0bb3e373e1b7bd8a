import type { Settings } from '../shell/hall-file.ts'

export type Link = Settings['links'][number]['link']

const PARITY_LETTER = { none: 'N', even: 'E', odd: 'O' } as const

/** `127.0.0.1:502`, `192.168.1.9:4001 (RTU 9600)`, `/dev/ttyUSB0 9600 8N1` */
export function linkText(link: Link): string {
  if (link.type === 'modbus-tcp') return `${link.host}:${link.port}`
  if (link.type === 'modbus-rtu-over-tcp') return `${link.host}:${link.port} (RTU ${link.baud})`
  return `${link.path} ${link.baud} ${link.dataBits}${PARITY_LETTER[link.parity]}${link.stopBits}`
}
