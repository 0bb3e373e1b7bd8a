import { readdir, writeFile } from 'node:fs/promises'
import { cpus, release, totalmem } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import type { Command } from './cli.ts'
import { projectFolder } from './load-hall.ts'

/** What a measurement says of itself. */
interface BenchResult {
  readonly name: string
  /** How it was measured, so that somebody else can do it again. */
  readonly method: string
  readonly figures: Readonly<Record<string, number | string>>
}

const benchFolder = join(projectFolder, 'gateway', 'bench')

export const bench: Command = {
  usage: 'bench [name …]',
  summary: 'Measures the figures of gateway/bench/results.md anew on this machine.',
  async run(args) {
    const { positionals } = parseArgs({ args: [...args], allowPositionals: true })
    const names = (await readdir(benchFolder)).filter((file) => file.endsWith('.bench.ts')).sort()
    const chosen = names.filter((file) => positionals.length === 0 || positionals.some((name) => file.startsWith(name)))
    const sections: string[] = []
    let failed = 0
    for (const file of chosen) {
      process.stderr.write(`${file} …\n`)
      try {
        const { run } = (await import(join(benchFolder, file))) as { run(): Promise<BenchResult | BenchResult[]> }
        const results = [await run()].flat().map(section)
        sections.push(...results)
        process.stdout.write(`${results.join('\n')}\n`)
      } catch (error) {
        failed++
        process.stderr.write(`${file} failed: ${error instanceof Error ? error.message : String(error)}\n`)
      }
      // After each one: an hour of measuring is not lost to the last of them.
      if (positionals.length === 0)
        await writeFile(join(benchFolder, 'results.md'), `${heading()}\n${sections.join('\n')}`)
    }
    return chosen.length > 0 && failed === 0 ? 0 : 1
  },
}

const heading = () => `# Measured figures

Written by \`npm run bench\` on ${new Date().toISOString().slice(0, 10)}: ${cpus().length} × ${cpus()[0]?.model.trim()}, ${Math.round(totalmem() / 2 ** 30)} GiB,
Linux ${release()}, Node.js ${process.versions.node}. One run on a shared machine: absolute figures move by about ± 20 %, ratios within one run hold.
`

const section = ({ name, method, figures }: BenchResult) =>
  `## ${name}\n\n${method}\n\n| Figure | Value |\n|---|---|\n${Object.entries(figures)
    .map(([figure, value]) => `| ${figure} | ${value} |`)
    .join('\n')}\n`
