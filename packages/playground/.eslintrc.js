module.exports = require('@backstage/cli/config/eslint-factory')(__dirname, {
  overrides: [
    {
      // Tests by another runner than Jest, which the rule does not know as tests.
      files: ['src/**/*.nodetest.ts', 'src/**/contract/**'],
      rules: { '@backstage/no-undeclared-imports': 'off' },
    },
  ],
});
