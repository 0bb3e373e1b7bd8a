import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Licence } from '../wiring/hall-source.ts'

interface Package {
  readonly name?: string
  readonly version?: string
  readonly license?: string
  readonly homepage?: string
  readonly dependencies?: Readonly<Record<string, string>>
  readonly optionalDependencies?: Readonly<Record<string, string>>
}

/** Licences of the program itself and of everything it was built from that is installed, by name. */
export async function readLicences(folder: string): Promise<Licence[]> {
  const own = await packageAt(folder)
  const found = new Map<string, Licence>()
  const waiting = Object.keys({ ...own?.dependencies, ...own?.optionalDependencies })
  if (own) found.set('', licenceOf(own, 'hallwatt'))
  for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
    if (found.has(name)) continue
    const one = await packageAt(join(folder, 'node_modules', name))
    if (!one) continue
    found.set(name, licenceOf(one, name))
    waiting.push(...Object.keys({ ...one.dependencies, ...one.optionalDependencies }))
  }
  return [...found].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, licence]) => licence)
}

async function packageAt(folder: string): Promise<Package | undefined> {
  const text = await readFile(join(folder, 'package.json'), 'utf8').catch(() => undefined)
  return text === undefined ? undefined : (JSON.parse(text) as Package)
}

const licenceOf = ({ version, license, homepage }: Package, name: string): Licence => ({
  name,
  version: version ?? '',
  licence: typeof license === 'string' ? license : 'see package',
  ...(homepage !== undefined && { address: homepage }),
})
