import vue from '@vitejs/plugin-vue'
import { defineConfig } from 'vite'
import { compressed } from './build/compressed.ts'
import { offlineList } from './build/offline-list.ts'

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
      output: { entryFileNames: ({ name }) => (name === 'sw' ? 'sw.js' : 'assets/[name]-[hash].js') },
    },
  },
  server: {
    proxy: { '/api': 'http://127.0.0.1:18080', '/r': 'http://127.0.0.1:18080', '/t': 'http://127.0.0.1:18080' },
  },
})
