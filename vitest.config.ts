import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: [
      'gateway/**/*.test.ts',
      'simulators/**/*.test.ts',
      'device-profiles/**/*.test.ts',
      'dashboards/grafana/**/*.test.ts',
      'dashboards/**/*.test.ts',
      'flows/**/*.test.ts',
    ],
    pool: 'forks',
    testTimeout: 30_000,
    hookTimeout: 60_000,
    maxWorkers: 2,
  },
})
