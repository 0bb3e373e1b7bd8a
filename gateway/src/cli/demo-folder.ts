import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { HallwattError } from '../domain/errors.ts'
import { takeStoreLock } from '../store/store-lock.ts'
import { demoHallText } from './demo-hall.ts'

/**
 * Puts the demo hall into its folder and returns the path of its hall.yaml. A hall.yaml that a person edited stays as it is;
 * `.hall-as-shipped.yaml` beside it remembers what we wrote. A folder in which another demo runs is not touched.
 * @throws HallwattError HW_STORE_LOCKED, HW_FILE_UNREADABLE, HW_USAGE (edited for other ports)
 */
export async function prepareDemoFolder(folder: string, template: string, basePort: number): Promise<string> {
  const hallFile = join(folder, 'hall.yaml')
  const shippedFile = join(folder, '.hall-as-shipped.yaml')
  const fresh = demoHallText(template, { basePort })
  try {
    await mkdir(join(folder, 'store'), { recursive: true })
    takeStoreLock(join(folder, 'store')).release()
    const [present, shipped] = await Promise.all([textOf(hallFile), textOf(shippedFile)])
    if (present !== undefined && present !== shipped && present !== fresh) {
      if (shipped !== undefined && portsOf(shipped) !== portsOf(fresh)) {
        throw new HallwattError(
          'HW_USAGE',
          `${hallFile} was edited and has other ports. Start with the --base-port it was made for, or delete it.`,
        )
      }
      if (shipped !== undefined) return hallFile
    }
    await writeFile(shippedFile, fresh)
    await writeFile(hallFile, fresh)
    return hallFile
  } catch (cause) {
    if (cause instanceof HallwattError) throw cause
    throw new HallwattError('HW_FILE_UNREADABLE', `The folder ${folder} cannot be used: ${(cause as Error).message}`, {
      cause,
    })
  }
}

const textOf = (file: string): Promise<string | undefined> => readFile(file, 'utf8').catch(() => undefined)

const portsOf = (text: string): string => [...text.matchAll(/\bport: (\d+)/g)].map(([, port]) => port).join()
