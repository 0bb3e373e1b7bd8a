import vue from '@vitejs/plugin-vue'
import { defineConfig } from 'vite'
import { compressed } from './build/compressed.ts'
import { offlineList } from './build/offline-list.ts'

/** What every area stands on, and what the router has to know of the areas before one is opened. */
const SHELL =
  /node_modules\/(?:@vue|vue|vue-router)\/|plugin-vue|vite\/preload|src\/(?:api|live|session|look|words|format|parts)\/(?!chart)|pages\/phone\/(?:routes|titles|words)/

export default defineConfig({
  root: import.meta.dirname,
  plugins: [vue(), offlineList(), compressed()],
  build: {
    // The oldest browser of the halls: Windows 7 stops at Chrome 109, and HarmonyOS browsers are of that age.
    target: ['chrome109', 'safari16'],
    cssTarget: ['chrome109', 'safari16'],
    // Nothing inline: the page's security policy allows no data addresses.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    sourcemap: false,
    reportCompressedSize: false,
    manifest: 'pages.json',
    rolldownOptions: {
      input: { index: 'index.html', sw: 'src/offline/sw.ts' },
      output: {
        // One file for what every area stands on, one for what a phone shows: halls speak HTTP/1.1, where thirty small files
        // wait for one another.
        codeSplitting: {
          groups: [
            { name: 'shell', test: SHELL, priority: 2 },
            { name: 'phone', test: /src\/(?:pages\/phone|offline)\/(?!scan|sw|keep|update)/, priority: 1 },
          ],
        },
        entryFileNames: ({ name }) => (name === 'sw' ? 'sw.js' : 'assets/[name]-[hash].js'),
      },
    },
  },
  server: {
    proxy: { '/api': 'http://127.0.0.1:18080', '/r': 'http://127.0.0.1:18080', '/t': 'http://127.0.0.1:18080' },
  },
})
