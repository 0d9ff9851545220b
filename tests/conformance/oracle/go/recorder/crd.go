package recorder

import (
	"fmt"
	"sort"

	"k8s.io/apiextensions-apiserver/pkg/apis/apiextensions"
	apiextensionsv1 "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	structuralschema "k8s.io/apiextensions-apiserver/pkg/apiserver/schema"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/schema/defaulting"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/schema/listtype"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/schema/pruning"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/validation"
	"k8s.io/apimachinery/pkg/util/validation/field"
)

// crd does what the API server does on a write: drop unknown fields, fill in defaults, validate. Without CEL rules
// (Cilium's CRDs of these minors have none that matter to policies), metadata and status.
type crd struct {
	structural *structuralschema.Structural
	validator  validation.SchemaValidator
}

func newCRD(definition apiextensionsv1.CustomResourceDefinition) (*crd, error) {
	for _, version := range definition.Spec.Versions {
		if version.Name != "v2" || version.Schema == nil {
			continue
		}
		var schema apiextensions.JSONSchemaProps
		if err := apiextensionsv1.Convert_v1_JSONSchemaProps_To_apiextensions_JSONSchemaProps(version.Schema.OpenAPIV3Schema, &schema, nil); err != nil {
			return nil, err
		}
		structural, err := structuralschema.NewStructural(&schema)
		if err != nil {
			return nil, err
		}
		validator, _, err := validation.NewSchemaValidator(&schema)
		if err != nil {
			return nil, err
		}
		return &crd{structural, validator}, nil
	}
	return nil, fmt.Errorf("%s has no schema of version v2", definition.Name)
}

// apply changes object into what would be stored.
func (c *crd) apply(object map[string]any) (pruned, errors []string) {
	options := structuralschema.UnknownFieldPathOptions{TrackUnknownFieldPaths: true}
	pruned = pruning.PruneWithOptions(object, c.structural, true, options)
	sort.Strings(pruned)
	defaulting.PruneNonNullableNullsWithoutDefaults(object, c.structural)
	defaulting.Default(object, c.structural)
	for _, err := range validation.ValidateCustomResource(nil, object, c.validator) {
		errors = append(errors, err.Error())
	}
	for _, err := range listtype.ValidateListSetsAndMaps(field.NewPath(""), c.structural, object) {
		errors = append(errors, err.Error())
	}
	sort.Strings(errors)
	return pruned, errors
}
