export interface Config {
  fairway?: {
    /**
     * The portal talks to the playground: every page says that nothing on it is real.
     * Default: false.
     *
     * @visibility frontend
     */
    playground?: boolean;
  };
}
