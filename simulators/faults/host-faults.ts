import type { FaultDefinition } from '../faults.ts'
import type { TerminalState } from '../physics/terminal.ts'

/** The computer inside a terminal: its figures drift, no part has a word for it. */
const host = (
  zh: string,
  en: string,
  finds: string,
  apply: (terminal: TerminalState) => void,
  clear: (terminal: TerminalState) => void = () => {},
): FaultDefinition => ({
  zh,
  en,
  finds,
  on: ['terminal'],
  apply: ({ terminal }) => {
    if (terminal) apply(terminal)
  },
  clear: ({ terminal }) => {
    if (terminal) clear(terminal)
  },
})

export const hostFaults: Record<string, FaultDefinition> = {
  disk_full: host(
    '磁盘将满',
    'Disk nearly full',
    'host.disk_full',
    (t) => {
      t.diskPercent = 98
    },
    (t) => {
      t.diskPercent = 52
    },
  ),
  memory_low: host(
    '内存不足',
    'Memory low',
    'host.mem_low',
    (t) => {
      t.memoryPercent = 96
    },
    (t) => {
      t.memoryPercent = 46
    },
  ),
  overheated: host(
    '温度过高',
    'Cabinet over-temperature',
    'host.hot',
    (t) => {
      t.cabinetC = 63
      t.parts.cabinetFan = 'failed'
    },
    (t) => {
      t.cabinetC = 34
      t.parts.cabinetFan = 'ok'
    },
  ),
  humid: host(
    '湿度超限',
    'Cabinet humidity high',
    'cab.humid',
    (t) => {
      t.humidityPercent = 93
    },
    (t) => {
      t.humidityPercent = 52
    },
  ),
  certificate_expiring: host(
    '证书将过期',
    'Certificate expiring',
    'cert.expiring',
    (t) => {
      t.certificateS = 5 * 86_400
    },
    (t) => {
      t.certificateS = 204 * 86_400
    },
  ),
  software_drift: host(
    '版本不一致',
    'Another software version than its peers',
    'sw.drift',
    (t) => {
      t.softwareVersion = '5.3.9'
    },
    (t) => {
      t.softwareVersion = undefined
    },
  ),
  reboot: host('异常重启', 'Unexpected reboot', 'host.reboot', (t) => {
    t.uptimeS = 0
    t.appStarts++
  }),
}
