import { useTranslationRef } from '@backstage/frontend-plugin-api';
import { makeFieldSchema } from '@backstage/plugin-scaffolder-react';
import { createFormField } from '@backstage/plugin-scaffolder-react/alpha';
import { Select } from '@backstage/ui';
import { useService } from '../hooks/useService';
import { describeError } from '../model/describeError';
import { textAt } from '../model/formContext';
import { gitopsTranslationRef } from '../translation';

const environmentSchema = makeFieldSchema({
  output: z => z.string(),
  uiOptions: z =>
    z.object({
      entityField: z
        .string()
        .optional()
        .describe(
          'Name of the form field that holds the service; default entityRef',
        ),
    }),
});

/** An environment that a service is deployed in, with what runs there. */
export function EnvironmentField(props: typeof environmentSchema.TProps) {
  const { onChange, formData, rawErrors, required, schema, uiSchema } = props;
  const { t } = useTranslationRef(gitopsTranslationRef);
  const { entityField = 'entityRef' } = uiSchema['ui:options'] ?? {};
  const entityRef = textAt(props.formContext?.formData ?? {}, entityField);
  const { value, loading, error } = useService(entityRef);
  const deployed = (value?.environments ?? []).filter(
    ({ applications }) => applications.length > 0,
  );
  const options = deployed.map(({ environment, applications }) => {
    const { name, title } = environment;
    const version = applications[0].version;
    return {
      id: name,
      label: version
        ? t('environmentField.runs', { environment: title, version })
        : title,
    };
  });
  // What a link presets can be kept while it is not known, and when it never is.
  const isKnown = options.some(({ id }) => id === formData);
  const help = () => {
    if (!entityRef) {
      return t('environmentField.noService');
    }
    if (error) {
      return describeError(error).message;
    }
    return !loading && options.length === 0
      ? t('environmentField.none')
      : schema.description;
  };
  return (
    <Select
      label={schema.title ?? t('environmentField.title')}
      description={help()}
      placeholder={t('environmentField.placeholder')}
      isRequired={required}
      isDisabled={props.disabled || props.readonly || !entityRef}
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

/** The form field `GitopsEnvironmentPicker` of the scaffolder. */
export const environmentField = createFormField({
  name: 'GitopsEnvironmentPicker',
  component: EnvironmentField,
  schema: environmentSchema,
});
