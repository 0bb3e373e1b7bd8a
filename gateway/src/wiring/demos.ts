import { readdir, readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import type { Commands } from '../commands/command.ts'
import type { ResolvedHall } from '../config/resolved-hall.ts'
import { readCatalogue } from '../demo-runs/catalogue.ts'
import { type OpenDemoRuns, openDemoRuns } from '../demo-runs/demo-runs.ts'
import type { LastOffs } from '../demo-runs/last-off.ts'
import { openRecords } from '../demo-runs/records.ts'
import type { Readings } from '../readings/readings.ts'
import { storedDocument } from '../store/documents-table.ts'
import type { Frames } from './frames.ts'
import type { GatewayOptions, Opened } from './opened.ts'
import type { RepairRooms } from './repair.ts'
import type { Storage } from './storage.ts'
import { VERSION } from './version.ts'

const TICK_MS = 250
const HISTORY_MS = 86_400_000
const folder = (name: string) => fileURLToPath(new URL(`../../${name}`, import.meta.url))

/** The demonstrations of the hall on their wires. */
export async function openDemos(
  parts: {
    hall: () => ResolvedHall
    storage: Storage
    readings: Readings
    frames: Frames
    commands: Commands
    repair: Pick<RepairRooms, 'takeFaults'> & { views: Pick<RepairRooms['views'], 'repair'> }
  },
  { clock, log }: GatewayOptions,
  opened: Opened,
): Promise<OpenDemoRuns> {
  const { hall, readings, frames, commands, repair, storage } = parts
  const files = { readFile, readdir: (path: string) => readdir(path) }
  const catalogue = await readCatalogue({ demos: folder('demos'), facts: folder('facts') }, files, log)
  const demos = await openDemoRuns({
    hall,
    catalogue,
    records: await openRecords({ store: storage.store, log }),
    readings,
    commands,
    lastOffs: storedDocument<LastOffs>(storage.store, 'demo-last-off', {}),
    faulty: () =>
      new Set(
        repair.views.repair
          .openAlarms()
          .filter(({ priority, condition }) => (priority === 'P1' || priority === 'P2') && condition === 'present')
          .map(({ fault }) => fault.device),
      ),
    async history(device, quantity) {
      const to = clock.wallMs()
      const asked = {
        device,
        quantities: [quantity],
        from: to - HISTORY_MS,
        to,
        resolution: 'auto',
        maxPoints: 300,
      } as const
      const answer = await storage.history.query(asked).catch(() => undefined)
      return (answer?.series[0]?.points ?? []).flatMap(([at, value]) => {
        const number = typeof value === 'object' ? value.avg : value
        // A mean stands for the middle of its minutes.
        return typeof number === 'number' ? [[at + (answer?.bucketMs ?? 0) / 2, number] as const] : []
      })
    },
    writeFrame: (frame) => frames.takeAside(frame, ''),
    notOff(device, holds) {
      const at = clock.wallMs()
      const read = readings.device(device)?.readings.get('activePower')
      const evidence = [{ quantity: 'activePower', value: read?.value ?? null, at: read?.at ?? at }]
      const fault = { device, code: 'demo.not_off', part: '' } as const
      repair.takeFaults([{ type: holds ? 'raised' : 'cleared', fault, at, evidence }])
    },
    notOffBefore: repair.views.repair
      .openAlarms()
      .flatMap(({ fault }) => (fault.code === 'demo.not_off' ? fault.device : [])),
    gatewayVersion: VERSION,
    clock,
    log,
  })
  opened.add(() => demos.close())
  opened.every(TICK_MS, demos.tick)
  return demos
}
