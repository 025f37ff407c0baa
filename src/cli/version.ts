declare const QUIETCORE_VERSION: string | undefined

/** The package's version, put in by the build; `development` when run from source. */
export const version: string = typeof QUIETCORE_VERSION === 'string' ? QUIETCORE_VERSION : 'development'
