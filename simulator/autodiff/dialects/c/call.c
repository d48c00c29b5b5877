/* A Python callable around `one_column` of columns.h: an array in, a tuple of new arrays out.

   Call(address, inputs, shapes, is_long, otherwise) takes arrays of shape (inputs,) itself and hands
   everything else, batches and mistakes included, to the Python function `otherwise`. */

#define PY_SSIZE_T_CLEAN
#include <Python.h>
#include <structmember.h>
#define NPY_NO_DEPRECATED_API NPY_2_0_API_VERSION
#include <numpy/arrayobject.h>
#include <stddef.h>
#include <string.h>

typedef int (*Program)(const double *, double *);

typedef struct {
  int dimensions;
  npy_intp shape[NPY_MAXDIMS];
  Py_ssize_t size;
} Output;

typedef struct {
  PyObject_HEAD
  vectorcallfunc vectorcall;
  Program program;
  npy_intp inputs;
  Py_ssize_t numbers; /* in all outputs together */
  Py_ssize_t count;   /* of outputs */
  Output *outputs;
  int is_long; /* worth letting other Python threads run meanwhile */
  PyObject *otherwise;
} Call;

static PyObject *arrays_of(const Call *self, const double *numbers) {
  PyObject *result = PyTuple_New(self->count);
  for (Py_ssize_t k = 0; result && k < self->count; k++) {
    Output *output = self->outputs + k;
    PyObject *array = PyArray_SimpleNew(output->dimensions, output->shape, NPY_DOUBLE);
    if (!array) {
      Py_CLEAR(result);
      break;
    }
    memcpy(PyArray_DATA((PyArrayObject *)array), numbers, output->size * sizeof(double));
    numbers += output->size;
    PyTuple_SET_ITEM(result, k, array);
  }
  return result;
}

static int is_one_recipe(const Call *self, PyObject *thing) {
  if (!PyArray_CheckExact(thing)) return 0;
  PyArrayObject *x = (PyArrayObject *)thing;
  return PyArray_TYPE(x) == NPY_DOUBLE && PyArray_NDIM(x) == 1 &&
         PyArray_DIM(x, 0) == self->inputs && PyArray_ISCARRAY_RO(x);
}

static PyObject *call(PyObject *callable, PyObject *const *args, size_t flags, PyObject *names) {
  Call *self = (Call *)callable;
  if (PyVectorcall_NARGS(flags) != 1 || names || !is_one_recipe(self, args[0]))
    return PyObject_Vectorcall(self->otherwise, args, flags, names);
  const double *x = PyArray_DATA((PyArrayObject *)args[0]);
  double few[128], *y = few;
  if (self->numbers > 128 && !(y = PyMem_Malloc(self->numbers * sizeof(double))))
    return PyErr_NoMemory();
  int status;
  if (self->is_long) {
    Py_BEGIN_ALLOW_THREADS
    status = self->program(x, y);
    Py_END_ALLOW_THREADS
  } else {
    status = self->program(x, y);
  }
  PyObject *result = status ? PyErr_NoMemory() : arrays_of(self, y);
  if (y != few) PyMem_Free(y);
  return result;
}

static int read_shapes(Call *self, PyObject *shapes) {
  self->count = PyTuple_GET_SIZE(shapes);
  self->outputs = PyMem_Calloc(self->count ? self->count : 1, sizeof(Output));
  if (!self->outputs) return PyErr_NoMemory(), -1;
  for (Py_ssize_t k = 0; k < self->count; k++) {
    Output *output = self->outputs + k;
    PyObject *shape = PyTuple_GET_ITEM(shapes, k);
    if (!PyTuple_Check(shape) || PyTuple_GET_SIZE(shape) > NPY_MAXDIMS)
      return PyErr_SetString(PyExc_TypeError, "a shape is a tuple of integers"), -1;
    output->dimensions = (int)PyTuple_GET_SIZE(shape);
    output->size = 1;
    for (int i = 0; i < output->dimensions; i++) {
      output->shape[i] = PyLong_AsSsize_t(PyTuple_GET_ITEM(shape, i));
      if (output->shape[i] < 0) {
        if (!PyErr_Occurred()) PyErr_SetString(PyExc_ValueError, "a shape has no negative sizes");
        return -1;
      }
      output->size *= output->shape[i];
    }
    self->numbers += output->size;
  }
  return 0;
}

static PyObject *new_call(PyTypeObject *type, PyObject *args, PyObject *keywords) {
  Py_ssize_t address, inputs;
  PyObject *shapes, *otherwise;
  int is_long;
  if (keywords && PyDict_GET_SIZE(keywords))
    return PyErr_SetString(PyExc_TypeError, "Call takes no keywords"), NULL;
  if (!PyArg_ParseTuple(args, "nnO!pO", &address, &inputs, &PyTuple_Type, &shapes, &is_long,
                        &otherwise))
    return NULL;
  Call *self = (Call *)type->tp_alloc(type, 0);
  if (!self) return NULL;
  self->vectorcall = call;
  self->program = (Program)address;
  self->inputs = inputs;
  self->is_long = is_long;
  self->otherwise = Py_NewRef(otherwise);
  if (read_shapes(self, shapes)) Py_CLEAR(self);
  return (PyObject *)self;
}

static int traverse(PyObject *object, visitproc visit, void *arg) {
  Py_VISIT(Py_TYPE(object));
  Py_VISIT(((Call *)object)->otherwise);
  return 0;
}

static int clear(PyObject *object) {
  Py_CLEAR(((Call *)object)->otherwise);
  return 0;
}

static void deallocate(PyObject *object) {
  PyTypeObject *type = Py_TYPE(object);
  PyObject_GC_UnTrack(object);
  clear(object);
  PyMem_Free(((Call *)object)->outputs);
  type->tp_free(object);
  Py_DECREF(type);
}

static struct PyMemberDef members[] = {
    {"__vectorcalloffset__", T_PYSSIZET, offsetof(Call, vectorcall), READONLY},
    {"__wrapped__", T_OBJECT, offsetof(Call, otherwise), READONLY},
    {NULL},
};

static PyType_Slot slots[] = {
    {Py_tp_new, new_call},         {Py_tp_call, PyVectorcall_Call}, {Py_tp_members, members},
    {Py_tp_traverse, traverse},    {Py_tp_clear, clear},            {Py_tp_dealloc, deallocate},
    {0, NULL},
};

static PyType_Spec spec = {
    .name = "perfect_cup_call.Call",
    .basicsize = sizeof(Call),
    .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_HAVE_VECTORCALL,
    .slots = slots,
};

static struct PyModuleDef module = {PyModuleDef_HEAD_INIT, .m_name = "perfect_cup_call", .m_size = -1};

PyMODINIT_FUNC PyInit_perfect_cup_call(void) {
  import_array();
  PyObject *self = PyModule_Create(&module), *type = self ? PyType_FromSpec(&spec) : NULL;
  if (!type || PyModule_AddObjectRef(self, "Call", type)) Py_CLEAR(self);
  Py_XDECREF(type);
  return self;
}
