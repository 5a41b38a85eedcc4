// The build of the app under contract goes where the run asks for, so that `dev` and `build` do not share a folder.
export default {
  distDir: process.env.NEXT_DIST_DIR ?? '.next',
  // The types are checked with all others of the repository.
  typescript: { ignoreBuildErrors: true },
};
