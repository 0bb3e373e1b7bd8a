import './look/tokens.css'
import './look/base.css'
import { createApp } from 'vue'
import App from './app.vue'
import { showTheme } from './look/theme.ts'
import { keepOffline } from './offline/keep-offline.ts'
import { router } from './router.ts'
import { languageTag } from './words/language.ts'

document.documentElement.lang = languageTag()
showTheme()
createApp(App).use(router).mount('#app')
keepOffline()
