import { paraglideVitePlugin } from '@inlang/paraglide-js'
import adapter from '@sveltejs/adapter-node'
import { sveltekit } from '@sveltejs/kit/vite'
import { defineConfig } from 'vite'
import { chunks, withoutUnused } from './lean.ts'

export default defineConfig({
  plugins: [
    withoutUnused(),
    paraglideVitePlugin({
      project: './project.inlang',
      outdir: './src/lib/paraglide',
      // The locale comes from the address; src/lib/i18n tells it, so that no matcher of addresses is shipped.
      strategy: ['globalVariable', 'baseLocale'],
      emitGitIgnore: false,
      emitPrettierIgnore: false,
      emitReadme: false,
    }),
    sveltekit({
      adapter: adapter({ envPrefix: 'WEB_' }),
      compilerOptions: { runes: true },
      // All of a page's styles stand in it: one round trip less before the first paint on a slow network.
      inlineStyleThreshold: Number.POSITIVE_INFINITY,
      csp: {
        mode: 'nonce',
        directives: {
          'default-src': ['none'],
          'base-uri': ['none'],
          'object-src': ['none'],
          'script-src': ['self'],
          'style-src': ['self'],
          // The framework's announcer of pages for screen readers hides itself by this one attribute.
          'style-src-attr': ['unsafe-hashes', 'sha256-S8qMpvofolR8Mpjy4kQvEm7m1q8clzU4dfDH0AmvZjo='],
          'img-src': ['self', 'data:', 'blob:'],
          'font-src': ['self'],
          'connect-src': ['self'],
          'manifest-src': ['self'],
          'worker-src': ['self'],
          'form-action': ['self'],
          'frame-ancestors': ['none'],
        },
      },
      // The layout registers it, once the page has loaded: it must not compete with the first paint.
      serviceWorker: { register: false },
    }),
  ],
  build: { target: 'es2022' },
  environments: { client: { build: { rolldownOptions: { output: { codeSplitting: chunks } } } } },
})
