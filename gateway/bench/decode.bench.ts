import { readFileSync } from 'node:fs'
import { performance } from 'node:perf_hooks'
import { fileURLToPath } from 'node:url'
import { compileRegisters, isBad } from '../src/profiles/decode-registers.ts'
import { parseProfile } from '../src/profiles/profiles.ts'

/** Float, low-first integers, 64-bit, and states with bits: one model for each way of decoding. */
const MODELS = ['eastron/sdm630', 'carlo-gavazzi/em340', 'abb/b23', 'huawei/sun2000'] as const
const VALUES_PER_MODEL = 2_000_000

/** How many register values per second one core decodes, by model. Words are in memory; nothing is read from a line. */
export async function run({
  short = false,
}: {
  short?: boolean
} = {}): Promise<{ name: string; method: string; figures: Record<string, number> }> {
  const figures: Record<string, number> = {}
  const values = short ? 20_000 : VALUES_PER_MODEL
  for (const id of MODELS) figures[`${id} values/s`] = Math.round(valuesPerSecond(id, values))
  return {
    name: 'decode',
    method: `${values} values per model on one core after warming up, texts left out; words of a real pattern, from an array`,
    figures,
  }
}

function valuesPerSecond(id: string, values: number): number {
  const path = fileURLToPath(new URL(`../../device-profiles/${id}.yaml`, import.meta.url))
  const { modbus } = parseProfile(path, readFileSync(path, 'utf8'))
  const registers = compileRegisters(modbus!).filter(({ rate }) => rate !== 'once')
  const words = Uint16Array.from({ length: 65536 }, (_, i) => (i % 2 === 0 ? 0x4366 : 0x8000 + (i % 97)))
  const image = { word: (_table: string, address: number) => words[address] ?? -1 }
  let good = 0
  const rounds = Math.ceil(values / registers.length)
  const decodeAll = (times: number): void => {
    for (let round = 0; round < times; round++) {
      words[0] = round & 0xffff
      for (const register of registers) if (!isBad(register.decode(image))) good++
    }
  }
  decodeAll(rounds / 10)
  const start = performance.now()
  decodeAll(rounds)
  const seconds = (performance.now() - start) / 1000
  if (good === 0) throw new Error(`${id}: nothing was decoded, so nothing was measured.`)
  return (rounds * registers.length) / seconds
}

if (process.argv[1] === fileURLToPath(import.meta.url))
  process.stdout.write(`${JSON.stringify(await run(), null, 2)}\n`)
