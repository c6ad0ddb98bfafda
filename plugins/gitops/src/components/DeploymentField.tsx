import { useTranslationRef } from '@backstage/frontend-plugin-api';
import { makeFieldSchema } from '@backstage/plugin-scaffolder-react';
import { createFormField } from '@backstage/plugin-scaffolder-react/alpha';
import { Select } from '@backstage/ui';
import type { Deployment } from '@fairway/plugin-gitops-common';
import { useEarlierDeployments } from '../hooks/useEarlierDeployments';
import { describeError } from '../model/describeError';
import { formatExact } from '../model/format';
import { textAt } from '../model/formContext';
import { gitopsTranslationRef } from '../translation';

const deploymentSchema = makeFieldSchema({
  output: z => z.string(),
  uiOptions: z =>
    z.object({
      entityField: z
        .string()
        .optional()
        .describe(
          'Name of the form field that holds the service; default entityRef',
        ),
      environmentField: z
        .string()
        .optional()
        .describe(
          'Name of the form field that holds the environment; default environment',
        ),
    }),
});

/** A deployment of a service in an environment, to go back to. */
export function DeploymentField(props: typeof deploymentSchema.TProps) {
  const { onChange, formData, rawErrors, required, schema, uiSchema } = props;
  const { t } = useTranslationRef(gitopsTranslationRef);
  const { entityField = 'entityRef', environmentField = 'environment' } =
    uiSchema['ui:options'] ?? {};
  const form = props.formContext?.formData ?? {};
  const entityRef = textAt(form, entityField);
  const environment = textAt(form, environmentField);
  const { value, loading, error } = useEarlierDeployments(
    entityRef,
    environment,
  );
  const describe = (deployment: Deployment) => {
    const { version, revision, finishedAt, outcome, commits } = deployment;
    const subject = deployment.subject ?? commits[0]?.subject;
    const words = {
      version: version ?? revision.slice(0, 7),
      time: formatExact(finishedAt),
    };
    const label = subject
      ? t('deploymentField.entryWithSubject', { ...words, subject })
      : t('deploymentField.entry', words);
    return outcome === 'failed'
      ? `${label} (${t('deploymentField.failed')})`
      : label;
  };
  const options = (value ?? []).map(deployment => ({
    id: deployment.id,
    label: describe(deployment),
  }));
  // What a link presets may be older than the list.
  const isKnown = options.some(({ id }) => id === formData);
  const help = () => {
    if (!entityRef || !environment) {
      return t('deploymentField.noEnvironment');
    }
    if (error) {
      return describeError(error).message;
    }
    return !loading && options.length === 0
      ? t('deploymentField.none')
      : schema.description;
  };
  return (
    <Select
      label={schema.title ?? t('deploymentField.title')}
      description={help()}
      placeholder={t('deploymentField.placeholder')}
      isRequired={required}
      isDisabled={
        props.disabled || props.readonly || !entityRef || !environment
      }
      isInvalid={Boolean(rawErrors?.length)}
      options={
        formData && !isKnown
          ? [{ id: formData, label: formData }, ...options]
          : options
      }
      value={formData ?? null}
      onChange={chosen =>
        onChange(chosen === null ? undefined : String(chosen))
      }
    />
  );
}

/** The form field `GitopsDeploymentPicker` of the scaffolder. */
export const deploymentField = createFormField({
  name: 'GitopsDeploymentPicker',
  component: DeploymentField,
  schema: deploymentSchema,
});
